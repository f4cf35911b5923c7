import { TcError } from '@tc/linux';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const format = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/;
const shortestMs = 50;
const longestMs = 24 * units.h;

/** Milliseconds, from a number of them or a text: `500ms`, `2s`. @throws TcError INVALID_DURATION */
export function parseInterval(interval: number | string): number {
  const [, digits, unit] = format.exec(String(interval)) ?? [];
  const ms = typeof interval === 'number' ? interval : Number(digits) * units[unit as keyof typeof units];
  if (ms >= shortestMs && ms <= longestMs) return ms;
  throw new TcError(`${JSON.stringify(interval)} is no interval`, {
    code: 'INVALID_DURATION',
    operation: 'read the option interval of monitor()',
    hint: 'Give milliseconds, at least 50, or a text such as 500ms, 2s, 1m.',
  });
}
