import type { Value } from './values.ts';

/** Plain data of the library for a template: dates are texts, and what is not known is no value. */
export function toValue(data: unknown): Value {
  if (data instanceof Date) return data.toISOString();
  if (typeof data === 'bigint') return Number(data);
  if (Array.isArray(data)) return data.map(toValue);
  if (typeof data === 'object' && data !== null)
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, toValue(value)]));
  if (typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean') return data;
  return undefined;
}
