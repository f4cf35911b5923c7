import { formatCpuList, TcError } from '@tc/linux';
import { formatSize, readSize, SIZE_FORMAT } from './size.ts';

/** @throws TcError INVALID_LIMIT */
export function fail(limit: string, value: unknown, problem: string, hint: string): never {
  // JSON shows NaN and Infinity as null.
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  throw new TcError(`${shown} ${problem}`, {
    code: 'INVALID_LIMIT',
    operation: `set the limit ${limit}`,
    hint,
  });
}

export function checkLimit(limit: string, value: unknown, valid: boolean, hint: string): asserts valid {
  if (!valid) fail(limit, value, 'is not allowed', hint);
}

export function sizeOf(
  limit: string,
  value: number | string | undefined,
  range: { min: number; hint?: string },
): number | undefined;
export function sizeOf(
  limit: string,
  value: number | string | undefined,
  range: { min: number; max: 'allowed'; hint?: string },
): number | 'max' | undefined;
export function sizeOf(
  limit: string,
  value: number | string | undefined,
  { min, max, hint }: { min: number; max?: 'allowed'; hint?: string },
): number | 'max' | undefined {
  if (value === undefined || (value === 'max' && max === 'allowed')) return value as 'max' | undefined;
  const bytes = readSize(value);
  if (bytes === undefined) fail(limit, value, 'is not a size', SIZE_FORMAT);
  checkLimit(limit, value, bytes >= min, hint ?? `At least ${formatSize(min)}.`);
  return bytes;
}

export function countOf(
  limit: string,
  value: number | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (value === undefined) return undefined;
  const valid = Number.isInteger(value) && value >= min && value <= max;
  checkLimit(limit, value, valid, `A whole number from ${min} to ${max}.`);
  return value;
}

// Linux numbers at most 8192 CPUs (NR_CPUS); the bound keeps `0-4294967295` from filling the memory.
const MAX_CPU = 65_535;

/** The kernel's list format, cpuset(7), in any order; comes back in order. */
export function cpuListOf(limit: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const hint = 'CPU numbers and ranges of them, such as 0-3,5.';
  const cpus = new Set<number>();
  checkLimit(limit, value, typeof value === 'string', hint);
  for (const range of value.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? first);
    checkLimit(limit, value, match !== null && first <= last && last <= MAX_CPU, hint);
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return formatCpuList(cpus);
}
