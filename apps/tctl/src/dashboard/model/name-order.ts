import type { Row } from './row.ts';

/**
 * Comparing texts as people do takes a microsecond, and a thousand rows are compared ten thousand times. But from frame
 * to frame they are the same texts, so their order is found once and kept until there are others.
 */
const collator = new Intl.Collator('en', { numeric: true });

/** For a few. */
export function byName(a: Row, b: Row): number {
  return collator.compare(a.name, b.name) || (a.key < b.key ? -1 : 1);
}

let [names, order]: [readonly string[], readonly number[]] = [[], []];

/** By name, and what has the same name by its key. */
export function inOrderOfNames(rows: readonly Row[]): readonly Row[] {
  if (!isSame(rows)) {
    names = rows.flatMap(({ name, key }) => [name, key]);
    order = rows
      .map((_, index) => index)
      .sort((a, b) => collator.compare(nameAt(a), nameAt(b)) || (keyAt(a) < keyAt(b) ? -1 : 1));
  }
  return order.flatMap((index) => rows[index] ?? []);
}

function isSame(rows: readonly Row[]): boolean {
  return (
    rows.length * 2 === names.length &&
    rows.every(({ name, key }, index) => name === nameAt(index) && key === keyAt(index))
  );
}

const nameAt = (index: number) => names[index * 2] ?? '';
const keyAt = (index: number) => names[index * 2 + 1] ?? '';

let [texts, ranks]: [readonly (number | string)[], ReadonlyMap<string, number>] = [[], new Map()];

/** Where each of the texts among these values stands. */
export function ranksOf(values: readonly (number | string)[]): ReadonlyMap<string, number> {
  if (typeof values[0] !== 'string') return new Map();
  if (values.length === texts.length && values.every((value, index) => value === texts[index])) return ranks;
  const distinct = [...new Set(values.filter((value) => typeof value === 'string'))].sort(collator.compare);
  texts = values;
  ranks = new Map(distinct.map((text, rank) => [text, rank]));
  return ranks;
}
