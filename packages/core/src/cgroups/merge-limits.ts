import type { IoLimit, Limits } from './limits.ts';

/** Limits to change: what is left out stays; `'max'` and null lift one. */
export type LimitUpdate = { [Name in keyof Limits]?: Limits[Name] | 'max' | null };

/** Both as users give them. Lifting `memory` lifts `memorySwap` too, which has no meaning alone. */
export function mergeLimits(limits: Limits, update: LimitUpdate): Limits {
  const merged: Record<string, number | string | readonly IoLimit[] | undefined> = { ...limits };
  for (const [name, value] of Object.entries(update)) {
    if (value === undefined) continue;
    if (value !== null && value !== 'max') merged[name] = value;
    // Swap without a limit is not what no word about it means: none.
    else if (name === 'memorySwap' && value === 'max') merged[name] = value;
    else delete merged[name];
  }
  if (merged['memory'] === undefined && update.memorySwap == null) delete merged['memorySwap'];
  return merged as Limits;
}
