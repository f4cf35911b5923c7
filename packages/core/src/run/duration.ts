import { TcError } from '@tc/linux';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
/** Some 68 years: beyond that a number is a slip, and far beyond it would wrap in the kernel's seconds. */
const longestMs = 2 ** 31 * 1000;
const format = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/;

/** Whole milliseconds, rounded up, from a number of them or from `250ms`, `5s`, `1.5m`, `2h`. @throws TcError INVALID_DURATION */
export function parseDuration(duration: number | string, operation: string): number {
  if (typeof duration === 'number') {
    if (duration > 0 && duration <= longestMs) return Math.ceil(duration);
  } else {
    const match = format.exec(duration);
    if (match !== null) {
      const milliseconds = Number(match[1]) * units[match[2] as keyof typeof units];
      if (milliseconds > 0 && milliseconds <= longestMs) return Math.ceil(milliseconds);
    }
  }
  throw new TcError(`${JSON.stringify(duration)} is not a duration`, {
    code: 'INVALID_DURATION',
    operation,
    hint: 'Give milliseconds as a number above 0, or a string like 250ms, 5s, 1.5m, 2h.',
  });
}
