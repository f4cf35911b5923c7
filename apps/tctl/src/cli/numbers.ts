import { UsageError } from './usage-error.ts';

/** @throws UsageError */
export function numeric(option: string, text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new UsageError(`--${option} takes a number, not ${JSON.stringify(text)}`);
  return value;
}

/** @throws UsageError */
export function oneOf<const T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    const choice = `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
    throw new UsageError(`--${option} takes ${choice}, not ${JSON.stringify(text)}`);
  }
  return found;
}
