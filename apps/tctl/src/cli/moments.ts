import { UsageError } from './usage-error.ts';

/**
 * A point in time as Docker's command line takes it: a duration before now (`10m`), seconds since 1970, or a date
 * (`2026-01-31`, `2026-01-31T10:00:00Z`).
 * @returns what `logs()` and `events()` take
 * @throws UsageError
 */
export function parseMoment(option: string, text: string | undefined): Date | string | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?\s*(ms|s|m|h)$/.test(text)) return Number.parseFloat(text) === 0 ? new Date() : text;
  const date = /^\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  const hint = 'Give how long ago (10m), a date (2026-01-31T10:00:00Z), or seconds since 1970.';
  throw new UsageError(`--${option} takes a time, not ${JSON.stringify(text)}`, hint);
}

/** A duration of which a bare number is seconds, as Docker has it; `500ms` works too. */
export function inSeconds(text: string): string | number {
  if (/^0+(\.0*)?$/.test(text)) return 0;
  return /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text;
}
