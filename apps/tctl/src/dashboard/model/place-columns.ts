import { type ColumnId, columnSpec } from './columns.ts';

export interface PlacedColumn {
  readonly id: ColumnId;
  readonly width: number;
  /** Its first cell. */
  readonly at: number;
}

/** Where one column goes on in the next: `117M/512M`. */
export const joined: ReadonlySet<ColumnId> = new Set(['memoryLimit', 'pidsLimit']);
const gapBefore = (id: ColumnId) => (joined.has(id) ? 0 : 1);

/** Chooses the columns that there is room for, and gives what is left to those that make use of it. */
export function placeColumns(ids: readonly ColumnId[], width: number): readonly PlacedColumn[] {
  const chosen = [...ids].sort((a, b) => columnSpec(a).priority - columnSpec(b).priority);
  const widths = new Map<ColumnId, number>();
  let left = width;
  for (const id of chosen) {
    const need = columnSpec(id).min + gapBefore(id);
    if (need > left) {
      if (columnSpec(id).priority === 0) continue;
      break;
    }
    widths.set(id, columnSpec(id).min);
    left -= need;
  }
  const first = ids.find((id) => widths.has(id));
  if (first !== undefined) left += gapBefore(first); // it has none
  widen(widths, left);
  let at = 0;
  return ids.flatMap((id) => {
    const own = widths.get(id);
    if (own === undefined) return [];
    if (at > 0) at += gapBefore(id);
    const placed = { id, width: own, at };
    at += own;
    return [placed];
  });
}

/** In turns, a cell each, so that names and graphs grow together. The command takes what nobody else wants. */
function widen(widths: Map<ColumnId, number>, spare: number): void {
  let left = spare;
  const growing = [...widths.keys()].filter((id) => id !== 'command');
  for (const ids of [growing, ['command'] as ColumnId[]])
    for (let grew = true; left > 0 && grew; ) {
      grew = false;
      for (const id of ids) {
        const own = widths.get(id);
        if (left === 0 || own === undefined || own >= columnSpec(id).max) continue;
        widths.set(id, own + 1);
        left -= 1;
        grew = true;
      }
    }
}
