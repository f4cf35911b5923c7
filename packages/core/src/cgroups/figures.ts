import { parseCounter, parseFlatKeyed } from '@tc/linux';

type Figures = ReadonlyMap<string, string>;

/** A file that holds one number. */
export function counter(figures: Figures, file: string): bigint | undefined {
  const text = figures.get(file);
  return text === undefined ? undefined : parseCounter(text);
}

/** One value of a file of `KEY VALUE` lines. */
export function keyed(figures: Figures, file: string, key: string): bigint | undefined {
  const text = figures.get(file);
  if (text === undefined) return undefined;
  // The supervisor keeps only so much of each file, and newer kernels add lines: the last may be cut.
  return parseFlatKeyed(text.slice(0, text.lastIndexOf('\n') + 1)).get(key);
}

export function toNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** v1 counts CPU time in nanoseconds, v2 in microseconds. */
export function nsToUsec(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value / 1000n);
}
