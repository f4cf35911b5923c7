import { ParseError } from '../errors.ts';
import { onlyLine, parseU64, parseUint, splitLines } from './scan.ts';

/** Parses a file that holds one counter: memory.current (bytes), pids.current, v1 cpuacct.usage (ns). */
export function parseCounter(text: string): bigint {
  return parseU64('counter', onlyLine('counter', text));
}

/** Parses a v2 limit (v1 too for pids.max): a number in the file's own unit, or `max`. */
export function parseLimit(text: string): bigint | 'max' {
  const line = onlyLine('limit', text);
  return line === 'max' ? line : parseU64('limit', line);
}

const LONG_MAX = 2n ** 63n - 1n;

/**
 * Parses a v1 limit: memory.limit_in_bytes and its siblings, cpu.cfs_quota_us. Version 1 has no word for
 * unlimited. The CPU quota says -1; a memory limit says PAGE_COUNTER_MAX (include/linux/page_counter.h),
 * the greatest long in whole pages: 9223372036854771712 with 4 KiB pages, more before Linux 3.19. For
 * hugetlb.SIZE.limit_in_bytes give the size of the huge page.
 */
export function parseV1Limit(text: string, pageSizeBytes = 4096): bigint | 'max' {
  const line = onlyLine('v1 limit', text);
  if (line === '-1') return 'max';
  const value = parseU64('v1 limit', line);
  const pageSize = BigInt(pageSizeBytes);
  return value >= (LONG_MAX / pageSize) * pageSize ? 'max' : value;
}

/** Parses a list of words: cgroup.controllers, cgroup.subtree_control, cgroup.type. Never throws. */
export function parseWords(text: string): string[] {
  return text.split(/[ \n]/).filter((word) => word !== '');
}

/**
 * Parses cgroup.procs, cgroup.threads or v1 tasks: one id a line, neither sorted nor unique. On v2 a
 * process outside the reader's pid namespace reads 0 (kernel: cgroup-v2.rst, "Core Interface Files").
 */
export function parsePids(text: string): number[] {
  return splitLines(text).map((line) => parseUint('pids', line));
}

/** cpu.max: `quotaUs` microseconds of CPU in each `periodUs` microseconds. */
export interface CpuMax {
  quotaUs: number | 'max';
  periodUs: number;
}

/** Parses cpu.max, `QUOTA PERIOD` (kernel: cgroup-v2.rst, "CPU Interface Files"). */
export function parseCpuMax(text: string): CpuMax {
  const [quota = '', period] = onlyLine('cpu.max', text).split(' ');
  if (period === undefined) throw new ParseError('cpu.max', 'not "quota period"', text);
  const quotaUs = quota === 'max' ? quota : parseUint('cpu.max', quota);
  return { quotaUs, periodUs: parseUint('cpu.max', period) };
}
