/** Where each figure is in an array of float64: the same order in shared memory and in the reader. */
import { type CounterName, type FigureName, type FigureSpec, figureTable } from './table.ts';

export const figureNames = Object.keys(figureTable) as readonly FigureName[];
export const figureCount = figureNames.length;

/** `slotOf.memoryBytes` is the index of that figure. */
export const slotOf = Object.fromEntries(figureNames.map((name, index) => [name, index])) as Readonly<
  Record<FigureName, number>
>;

const specOf = (name: FigureName): FigureSpec => figureTable[name];

export const counterNames = figureNames.filter(
  (name): name is CounterName => specOf(name).kind === 'counter',
);
export const counterCount = counterNames.length;

/** Of each counter, in the order of `counterNames`: its figure's index. */
export const counterSlots: readonly number[] = counterNames.map((name) => slotOf[name]);

export const isLimit: readonly boolean[] = figureNames.map((name) => specOf(name).kind === 'limit');

/** What the kernel tells that is no figure by itself. They follow the figures in the array that is parsed into. */
export const auxiliary = {
  inactiveFileBytes: figureCount,
  memoryAndSwapLimitBytes: figureCount + 1,
  cfsQuotaUsec: figureCount + 2,
  cfsPeriodUsec: figureCount + 3,
  memoryAndSwapHits: figureCount + 4,
} as const;
export const parsedCount = figureCount + Object.keys(auxiliary).length;
