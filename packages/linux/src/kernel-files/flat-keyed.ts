import { ParseError } from '../errors.ts';
import { parseU64, splitLines } from './scan.ts';

const FORMAT = 'flat-keyed';

/**
 * Parses a "flat keyed" file, `KEY VALUE` a line (kernel: Documentation/admin-guide/cgroup-v2.rst,
 * "Format"): cpu.stat, memory.stat, memory.events, cgroup.events, pids.events, io.weight, and v1's
 * memory.stat, memory.oom_control, cpu.stat, cpuacct.stat. Units are the key's own: `usage_usec` is
 * microseconds, v1's `throttled_time` nanoseconds, most of memory.stat bytes. Keys are kept in order and
 * are not checked, since each kernel adds some.
 */
export function parseFlatKeyed(text: string): Map<string, bigint> {
  const values = new Map<string, bigint>();
  for (const line of splitLines(text)) {
    const [key = '', value, ...rest] = line.split(' ');
    if (key === '' || value === undefined || rest.length > 0) {
      throw new ParseError(FORMAT, 'not "key value"', line);
    }
    values.set(key, parseU64(FORMAT, value));
  }
  return values;
}
