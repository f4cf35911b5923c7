import { isatty } from 'node:tty';
import type { CgroupSample } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { parseDuration } from '../cli/durations.ts';
import { writeOut } from '../cli/output.ts';
import { textTable } from '../cli/text-table.ts';
import { untilSignal } from '../cli/until-signal.ts';
import { UsageError } from '../cli/usage-error.ts';
import { type LiveFrame, openLive } from '../live/frames.ts';
import { inPlace } from '../terminal/in-place.ts';
import { statsJson } from './stats-json.ts';
import { restingRow, statsHeadings, statsRow } from './stats-row.ts';
import { type Selected, selectCgroups } from './stats-selection.ts';

export const statsCommand = command({
  usage: 'stats [OPTIONS] [CONTAINER...]',
  about: 'Shows what containers use, live, as docker stats and top do.',
  options: {
    'all-cgroups': { about: "every cgroup of this machine: other runtimes' containers, systemd's units" },
    'no-stream': { about: 'once, and no more' },
    iterations: { short: 'n', value: 'N', about: 'so many times, and no more' },
    batch: { short: 'b', about: 'one table after the other, as into a file' },
    interval: { value: 'TIME', about: 'between two tables: 500ms, 5s; default 1s' },
    json: { about: 'one JSON object a line for each container, with all figures' },
  },
  operands: { atLeast: 0, atMost: any },
  async run(values, names) {
    const { 'all-cgroups': all = false, batch = false, json = false } = values;
    const interval = parseDuration('interval', values.interval ?? '1s');
    const times = values['no-stream'] ? 1 : timesOf(values.iterations);
    await cleanUp();
    const select = await selectCgroups(names, all);
    using end = untilSignal();
    await using live = openLive({ interval, all, signal: end.signal });
    using table = !json && !batch && times !== 1 && isatty(1) ? inPlace() : undefined;
    let [frames, shown] = [0, 0];
    for await (const frame of live) {
      const selected = select(frame);
      live.monitor.watch(selected.samples.map(({ cgroup }) => cgroup.path));
      frames += 1;
      if (shown === 0 && frames <= patience && !selected.samples.every(hasCpuShare)) continue;
      shown += 1;
      if (json) writeOut(statsJson(selected, frame));
      else if (table !== undefined) table.show(tableOf(selected, frame).trimEnd().split('\n'));
      else writeOut(`${shown > 1 ? '\n' : ''}${tableOf(selected, frame)}`);
      if (shown >= times) break;
    }
    return 0;
  },
});

/** CPU % takes two readings: the first table waits for the second, but not for a cgroup that is never read. */
const hasCpuShare = ({ rates }: CgroupSample) => rates.cpuUsageUsec !== undefined;
/** Frames that it waits for. */
const patience = 3;

/** @throws UsageError */
function timesOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--iterations takes a number from 1 on, not ${JSON.stringify(text)}`);
}

function tableOf({ samples, resting }: Selected, { host }: LiveFrame): string {
  return textTable(statsHeadings, [
    ...samples.map((sample) => statsRow(sample, host)),
    ...resting.map(({ id, name }) => restingRow(id, name)),
  ]);
}
