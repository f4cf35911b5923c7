import { isatty } from 'node:tty';
import type { CgroupSample } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { parseDuration } from '../cli/durations.ts';
import { writeOut } from '../cli/output.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { untilSignal } from '../cli/until-signal.ts';
import { UsageError } from '../cli/usage-error.ts';
import { type LiveFrame, openLive } from '../live/frames.ts';
import { stats } from '../table/monitoring.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { inPlace } from '../terminal/in-place.ts';
import { statsJson } from './stats-json.ts';
import { restingRow, type StatsRow, type StatsRowOptions, statsHeadings, statsRow } from './stats-row.ts';
import { type Selected, selectCgroups } from './stats-selection.ts';

export const statsCommand = command(stats, async (values, names) => {
  const { 'all-cgroups': all = false, batch = false, json = false, format } = values;
  const interval = parseDuration('interval', values.interval ?? '1s');
  const times = values['no-stream'] ? 1 : timesOf(values.iterations);
  checkFormat(format);
  const print = printerOf(format, { exact: values['no-human'] ?? false, whole: values['no-trunc'] ?? false });
  await cleanUp();
  const select = await selectCgroups(names, all, values.all ?? false);
  using end = untilSignal();
  await using live = openLive({ interval, all, signal: end.signal });
  using table = !json && !batch && times !== 1 && isatty(1) ? inPlace() : undefined;
  let [frames, shown] = [0, 0];
  for await (const frame of live) {
    const selected = select(frame);
    live.monitor.watch(selected.samples.map(({ cgroup }) => cgroup.path));
    frames += 1;
    if (shown === 0 && frames <= patience && !isComplete(selected)) continue;
    shown += 1;
    if (json) writeOut(statsJson(selected, frame));
    else if (table !== undefined) table.show(print(selected, frame).trimEnd().split('\n'));
    else writeOut(`${shown > 1 ? '\n' : ''}${print(selected, frame)}`);
    if (shown >= times) break;
  }
  return 0;
});

/**
 * CPU % takes two readings: the first table waits for the second, but not for a cgroup that is never read. On a busy
 * machine the first frame may come before any reading.
 */
const isComplete = (selected: Selected) => selected.isComplete && selected.samples.every(hasCpuShare);
const hasCpuShare = ({ rates }: CgroupSample) => rates.cpuUsageUsec !== undefined;
/** Frames that it waits for. */
const patience = 10;

/** @throws UsageError */
function timesOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--iterations takes a number from 1 on, not ${JSON.stringify(text)}`);
}

type Printer = (selected: Selected, frame: LiveFrame) => string;

function printerOf(format: string | undefined, options: Required<StatsRowOptions>): Printer {
  const columns = Object.keys(statsHeadings) as (keyof StatsRow)[];
  return ({ samples, resting }, { host }) => {
    const rows = [
      ...samples.map((sample) => statsRow(sample, host, options)),
      ...resting.map(({ id, name }) => restingRow(id, name, options)),
    ];
    if (format !== undefined && !isPlainTable(format)) {
      const named = rows.map((row) => ({ ...row, Container: row.ID }));
      return formattedRows(format, { rows: named, headings: { ...statsHeadings, Container: 'CONTAINER' } });
    }
    return textTable(
      Object.values(statsHeadings),
      rows.map((row) => columns.map((column) => row[column])),
      { columns: options.whole ? undefined : outputWidth(), flexible: [1, 3, 5, 6] },
    );
  };
}
