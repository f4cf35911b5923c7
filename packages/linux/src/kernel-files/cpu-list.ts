import { ParseError } from '../errors.ts';
import { onlyLine, parseUint } from './scan.ts';

const FORMAT = 'cpu list';

// Linux stops at 8192 CPUs (NR_CPUS); the bound keeps `0-4294967295` from filling the memory.
const MAX_CPUS = 65_536;

/**
 * Parses the list format of cpuset(7): cpuset.cpus, cpuset.mems, /sys/devices/system/cpu/online. The
 * kernel prints ranges in ascending order; an empty line is the empty list.
 */
export function parseCpuList(text: string): number[] {
  const line = text === '' ? '' : onlyLine(FORMAT, text);
  const cpus: number[] = [];
  if (line === '') return cpus;
  for (const range of line.split(',')) {
    const [first = '', last = first, ...rest] = range.split('-');
    const from = parseUint(FORMAT, first);
    const to = parseUint(FORMAT, last);
    if (rest.length > 0 || to < from || to >= MAX_CPUS || from <= (cpus.at(-1) ?? -1)) {
      throw new ParseError(FORMAT, 'not ascending ranges of CPU numbers', line);
    }
    for (let cpu = from; cpu <= to; cpu++) cpus.push(cpu);
  }
  return cpus;
}

/** `formatCpuList([3, 0, 1, 5])` is `'0-1,3,5'`, as cpuset(7) and taskset(1) print it. */
export function formatCpuList(cpus: Iterable<number>): string {
  const ranges: { from: number; to: number }[] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= MAX_CPUS)
      throw new RangeError(`not a CPU number: ${cpu}`);
    const range = ranges.at(-1);
    if (range?.to === cpu - 1) range.to = cpu;
    else ranges.push({ from: cpu, to: cpu });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
