import { ParseError } from '../errors.ts';
import { parseU64, splitLines } from './scan.ts';

const FORMAT = 'nested-keyed';

type Pair = [subKey: string, value: string];

function parsePair(token: string, line: string): Pair {
  const equals = token.indexOf('=');
  if (equals < 1) throw new ParseError(FORMAT, 'not "key=value"', line);
  return [token.slice(0, equals), token.slice(equals + 1)];
}

// Linux 5.15 and 5.16 (commit 252c651a4c85) print a device without statistics yet without its newline, so
// that one line reads `7:7 7:6 7:5 rbytes=...`; later ones print `252:0 ` alone. Hence every leading word
// without `=` is a key, and the pairs belong to the last.
function* parseLines(text: string): Generator<[keys: string[], pairs: Pair[]]> {
  for (const line of splitLines(text)) {
    const tokens = line.split(' ').filter((token) => token !== '');
    const firstPair = tokens.findIndex((token) => token.includes('='));
    const keyCount = firstPair === -1 ? tokens.length : firstPair;
    if (keyCount === 0) throw new ParseError(FORMAT, 'no key', line);
    yield [tokens.slice(0, keyCount), tokens.slice(keyCount).map((token) => parsePair(token, line))];
  }
}

function parseWith<Value>(
  text: string,
  parseValue: (value: string) => Value | undefined,
): Map<string, Map<string, Value>> {
  const result = new Map<string, Map<string, Value>>();
  for (const [keys, pairs] of parseLines(text)) {
    let values = new Map<string, Value>();
    for (const key of keys) {
      values = new Map();
      result.set(key, values);
    }
    for (const [subKey, text] of pairs) {
      const value = parseValue(text);
      if (value !== undefined) values.set(subKey, value);
    }
  }
  return result;
}

// With io.cost and io.latency, io.stat also tells `cost.vrate=100.00` and `depth=max`. These are gauges.
const isGauge = (value: string) => value === 'max' || /^\d+\.\d+$/.test(value);

/**
 * Parses a "nested keyed" file of counters, `KEY SUB=VALUE SUB=VALUE` a line (kernel:
 * Documentation/admin-guide/cgroup-v2.rst, "Format"): io.stat (bytes and operations by device),
 * memory.numa_stat (bytes by node). A device with nothing to tell has an empty map. The key is
 * `major:minor`, but `(unknown)` for hidden NVMe paths and ZFS. Values that are no whole number (io.cost's
 * `cost.vrate=100.00`) are no counters and are left out.
 */
export function parseNestedKeyed(text: string): Map<string, Map<string, bigint>> {
  return parseWith(text, (value) => (isGauge(value) ? undefined : parseU64(FORMAT, value)));
}

/** Parses a "nested keyed" file of limits, such as io.max (bytes or operations a second) and rdma.max. */
export function parseNestedLimits(text: string): Map<string, Map<string, bigint | 'max'>> {
  return parseWith(text, (value) => (value === 'max' ? value : parseU64(FORMAT, value)));
}
