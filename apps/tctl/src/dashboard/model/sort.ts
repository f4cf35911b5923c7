import { type ColumnId, columnSpec } from './columns.ts';
import { inOrderOfNames, ranksOf } from './name-order.ts';
import type { Row } from './row.ts';

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

/** What a column doesn't know comes last, whichever way it is sorted; what is equal is in the order of names. */
export function sortRows(rows: readonly Row[], sort: Sort): readonly Row[] {
  return sortByValue(inOrderOfNames(rows), sort);
}

/** Leaves what is equal where it is. */
export function sortByValue(rows: readonly Row[], { column, descending }: Sort): readonly Row[] {
  const { value } = columnSpec(column);
  const known: { readonly row: Row; readonly value: number | string }[] = [];
  const unknown: Row[] = [];
  for (const row of rows) {
    const own = value(row);
    if (own === undefined) unknown.push(row);
    else known.push({ row, value: own });
  }
  const sign = descending ? -1 : 1;
  const ranks = ranksOf(known.map((each) => each.value));
  known.sort((a, b) => sign * compare(a.value, b.value, ranks));
  return [...known.map(({ row }) => row), ...unknown];
}

function compare(a: number | string, b: number | string, ranks: ReadonlyMap<string, number>): number {
  if (typeof a === 'string' && typeof b === 'string') return (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorted by another column, the way that one usually wants it. */
export function sortBy(column: ColumnId): Sort {
  return { column, descending: columnSpec(column).descends === true };
}
