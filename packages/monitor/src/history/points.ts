import type { Cell } from './cells.ts';

/** What a series did in a stretch of time. */
export interface HistoryPoint {
  /** When the stretch begins; it ends where the next begins. */
  readonly time: Date;
  /** Undefined in a gap: nothing was sampled, which is not 0. `Infinity`: not limited. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly mean: number | undefined;
  /** How many samples it is made of. */
  readonly samples: number;
}

interface Mutable {
  min: number;
  max: number;
  sum: number;
  count: number;
}

/** A frame may come a little late: the next one's stretch then begins before the end of this one's. */
const tolerance = 1.25;

/**
 * Cells put into points of equal length. A cell belongs to the point in which its time (`atMs`) is. A point that has none, as
 * points are shorter than cells or a frame came late, takes the cell whose stretch it lies in; without one it is a gap.
 * @param cells in the order of time
 */
export function pointsOf(
  cells: readonly Cell[],
  range: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly points: number;
    readonly offsetMs: number;
  },
): HistoryPoint[] {
  const { fromMs, toMs, points, offsetMs } = range;
  const stepMs = (toMs - fromMs) / points;
  const sums: (Mutable | undefined)[] = new Array(points).fill(undefined);
  for (const cell of cells) {
    const { atMs } = cell;
    if (atMs < fromMs || atMs > toMs) continue;
    const index = Math.min(points - 1, Math.floor((atMs - fromMs) / stepMs));
    const sum = sums[index];
    if (sum === undefined) sums[index] = { min: cell.min, max: cell.max, sum: cell.sum, count: cell.count };
    else {
      sum.min = Math.min(sum.min, cell.min);
      sum.max = Math.max(sum.max, cell.max);
      sum.sum += cell.sum;
      sum.count += cell.count;
    }
  }
  let next = 0;
  return sums.map((own, index) => {
    const beginMs = fromMs + index * stepMs;
    const middleMs = beginMs + stepMs / 2;
    while (next < cells.length && (cells[next]?.toMs ?? 0) < middleMs) next++;
    const cell = cells[next];
    const covers = cell !== undefined && cell.toMs - tolerance * (cell.toMs - cell.fromMs) <= middleMs;
    const { min, max, sum, count } = own ?? (covers ? cell : nothing);
    const time = new Date(beginMs + offsetMs);
    return count === 0
      ? { time, min: undefined, max: undefined, mean: undefined, samples: 0 }
      : { time, min, max, mean: sum / count, samples: count };
  });
}

const nothing = { min: 0, max: 0, sum: 0, count: 0 };
