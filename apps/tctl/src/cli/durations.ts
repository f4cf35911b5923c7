import { UsageError } from './usage-error.ts';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Node.js waits no longer: setTimeout(). */
const longestMs = 2 ** 31 - 1;

/** `500ms`, `10m`; a bare number is seconds. @throws UsageError */
export function parseDuration(option: string, text: string): number {
  const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const ms = digits === '' ? Number.NaN : Number(digits) * units[unit as keyof typeof units];
  if (ms > 0 && ms <= longestMs) return ms;
  throw new UsageError(
    `--${option} takes a time, not ${JSON.stringify(text)}`,
    'Give seconds, or 500ms, 10m, 2h; at most 24 days.',
  );
}
