import { isatty } from 'node:tty';
import type { ContainerEvent } from '@tc/core';
import { type RecordedEvent, Recorder } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { parseDuration } from '../cli/durations.ts';
import { writeError } from '../cli/output.ts';
import { transferSize } from '../cli/sizes.ts';
import { untilSignal } from '../cli/until-signal.ts';
import { type LiveFrame, openLive } from '../live/frames.ts';
import { record as spec } from '../table/monitoring.ts';

export const recordCommand = command(
  spec,
  async ({ 'all-cgroups': all = false, for: duration, interval = '1s' }, [file = '']) => {
    const intervalMs = parseDuration('interval', interval);
    const forMs = duration === undefined ? undefined : parseDuration('for', duration);
    await cleanUp();
    const recorder = await Recorder.open(file);
    try {
      await record(recorder, { all, intervalMs, forMs });
    } finally {
      await recorder.close();
    }
    return 0;
  },
);

interface Plan {
  readonly all: boolean;
  readonly intervalMs: number;
  readonly forMs: number | undefined;
}

async function record(recorder: Recorder, { all, intervalMs, forMs }: Plan): Promise<void> {
  using end = untilSignal();
  let happened: ContainerEvent[] = [];
  await using live = openLive({
    interval: intervalMs,
    all,
    signal: end.signal,
    onEvent: (event) => happened.push(event),
  });
  const begin = recorder.bytes;
  if (isatty(2)) writeError(`Recording to ${recorder.path}. Ctrl-C ends it.\n`);
  let frames = 0;
  for await (const frame of live) {
    await recorder.add(frame);
    frames += 1;
    if (forMs !== undefined) end.after(forMs); // it takes a moment until there is something to record
    const marks = happened;
    happened = [];
    for (const event of marks) await recorder.mark(markOf(event, frame));
  }
  const count = `${frames} frame${frames === 1 ? '' : 's'}`;
  writeError(`Recorded ${count} in ${transferSize(recorder.bytes - begin)}.\n`);
}

function markOf(
  { time, kind, id, name, ...details }: ContainerEvent,
  { containers }: LiveFrame,
): RecordedEvent {
  const more = Object.entries(details).map(([key, value]) => `${key}=${value}`);
  const path = [...containers].find(([, info]) => info.id === id)?.[0];
  return { time, kind, text: [name, ...more].join(' '), path: path ?? `/tctl-${id}` };
}
