import { printable } from '../../cli/printable.ts';
import type { Row } from '../model/row.ts';
import type { Update } from '../source/source.ts';
import { bytes, duration, percent } from '../text/sizes.ts';

/** What is said of all: a line that can be read out. */
export function summary({ frame: { host, time }, containers }: Update): string {
  const running = containers.filter(({ state }) => state === 'running').length;
  const cpu = host.cpuShare === undefined ? '' : `CPU ${percent(host.cpuShare)}%, `;
  const memory = `memory ${bytes(host.memoryBytes)} of ${bytes(host.memoryTotalBytes)}`;
  const load = `load ${host.load[0].toFixed(2)}`;
  return `${clock(time)} ${plural(containers.length, 'container')}, ${running} running; ${cpu}${memory}, ${load}.`;
}

/** What is said of one. */
export function describe(row: Row): string {
  const { name, state, cpu, memoryBytes, memoryLimitBytes, pids, pidsLimit, uptimeMs, oomKills, facts } = row;
  const parts = [
    state === 'exited' ? `ended, ${facts?.ending ?? 'nobody knows how'}` : state,
    ...(uptimeMs === undefined ? [] : [`for ${duration(uptimeMs)}`]),
    ...(cpu === undefined ? [] : [`CPU ${percent(cpu)}%`]),
    ...(memoryBytes === undefined
      ? []
      : [`memory ${ofLimit(bytes(memoryBytes), bytes(memoryLimitBytes), memoryBytes, memoryLimitBytes)}`]),
    ...(pids === undefined ? [] : [`processes ${ofLimit(String(pids), String(pidsLimit), pids, pidsLimit)}`]),
    ...(oomKills === undefined || oomKills === 0 ? [] : [`${oomKills} killed for memory`]),
  ];
  return `${printable(name)}: ${printable(parts.join(', '))}.`;
}

function ofLimit(value: string, limit: string, amount: number, most: number | undefined): string {
  return most === undefined ? value : `${value} of ${limit}, ${Math.round((amount / most) * 100)}%`;
}

/** From where on a share of a limit is news. It is news again when it was below the lower one. */
const high = 0.9;
const low = 0.8;

/** What has happened between two frames, for people who can't see it. `isHigh` remembers what they know already. */
export function news(before: readonly Row[], after: readonly Row[], isHigh: Set<string>): readonly string[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const there = new Set(after.map(({ key }) => key));
  const lines: string[] = [];
  for (const row of after) {
    const last = known.get(row.key);
    if (last === undefined) lines.push(`New: ${describe(row)}`);
    else if (last.state !== row.state) lines.push(describe(row));
    if ((row.oomKills ?? 0) > (last?.oomKills ?? row.oomKills ?? 0))
      lines.push(`${printable(row.name)}: out of memory, a process was ended.`);
    lines.push(...nearLimit(row, isHigh));
  }
  for (const { key, name } of before) if (!there.has(key)) lines.push(`${printable(name)}: gone.`);
  return lines;
}

function nearLimit(row: Row, isHigh: Set<string>): string[] {
  const figures = [
    ['memory', row.memoryBytes, row.memoryLimitBytes, bytes],
    ['processes', row.pids, row.pidsLimit, String],
  ] as const;
  return figures.flatMap(([what, value, limit, format]) => {
    if (value === undefined || limit === undefined) return [];
    const mark = `${row.key} ${what}`;
    if (value < limit * low) isHigh.delete(mark);
    if (value < limit * high || isHigh.has(mark)) return [];
    isHigh.add(mark);
    return [
      `${printable(row.name)}: ${what} near its limit, ${ofLimit(format(value), format(limit), value, limit)}.`,
    ];
  });
}

export function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
