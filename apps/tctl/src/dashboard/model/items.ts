import { makeFilter } from './filter.ts';
import { byName, inOrderOfNames } from './name-order.ts';
import { type Row, type Scope, sumOf } from './row.ts';
import { type Sort, sortByValue } from './sort.ts';

/** A row where it stands in the list. */
export interface Item {
  readonly row: Row;
  /** What the tree draws before its name. */
  readonly branch: string;
  /** How many are below it; undefined where it can't be folded. */
  readonly children: number | undefined;
  readonly isFolded: boolean;
}

export interface Listing {
  readonly sort: Sort;
  readonly filter: string;
  readonly tree: boolean;
  readonly folded: ReadonlySet<string>;
  readonly scope: Scope;
}

/** The list as it is shown: filtered, in order, and as a tree where that is wanted. */
export function makeItems(rows: readonly Row[], listing: Listing): readonly Item[] {
  const named = inOrderOfNames(rows);
  const shown = listing.filter === '' ? named : named.filter(makeFilter(listing.filter));
  if (!listing.tree)
    return sortByValue(shown, listing.sort).map((row) => ({
      row,
      branch: '',
      children: undefined,
      isFolded: false,
    }));
  const { roots, below } = listing.scope === 'all' ? byPath(shown) : byGroup(shown);
  const items: Item[] = [];
  addLevel(items, roots, below, listing, '', true);
  return items;
}

interface Forest {
  readonly roots: readonly Row[];
  readonly below: ReadonlyMap<string, readonly Row[]>;
}

/** Every group has a heading that sums it up; what is in no group stands by itself. */
function byGroup(rows: readonly Row[]): Forest {
  const groups = Map.groupBy(rows, ({ group }) => group ?? '');
  const alone = groups.get('') ?? [];
  groups.delete('');
  const below = new Map<string, readonly Row[]>();
  const headings = [...groups].map(([name, members]) => {
    const heading = sumOf(`group:${name}`, name, members);
    below.set(heading.key, members);
    return heading;
  });
  return { roots: [...headings, ...alone].sort(byName), below };
}

/** A cgroup stands below the nearest one above it that is in the list. */
function byPath(rows: readonly Row[]): Forest {
  const byItsPath = new Map(
    rows.flatMap((row) => (row.sample ? [[row.sample.cgroup.path, row] as const] : [])),
  );
  const roots: Row[] = [];
  const below = new Map<string, Row[]>();
  for (const row of rows) {
    const parent = nearestAbove(row.sample?.cgroup.path ?? '', byItsPath);
    if (parent === undefined) roots.push(row);
    else (below.get(parent.key) ?? addTo(below, parent.key)).push(row);
  }
  return { roots, below };
}

function addTo(below: Map<string, Row[]>, key: string): Row[] {
  const rows: Row[] = [];
  below.set(key, rows);
  return rows;
}

function nearestAbove(path: string, rows: ReadonlyMap<string, Row>): Row | undefined {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const above = rows.get(path.slice(0, at));
    if (above !== undefined) return above;
  }
  return undefined;
}

function addLevel(
  items: Item[],
  rows: readonly Row[],
  below: Forest['below'],
  listing: Listing,
  lead: string,
  isTop: boolean,
): void {
  const sorted = sortByValue(rows, listing.sort);
  for (const [index, row] of sorted.entries()) {
    const isLast = index === sorted.length - 1;
    const children = below.get(row.key);
    const isFolded = listing.folded.has(row.key);
    const branch = isTop ? '' : `${lead}${isLast ? '└ ' : '├ '}`;
    items.push({ row, branch, children: children?.length, isFolded });
    if (children === undefined || isFolded) continue;
    addLevel(items, children, below, listing, isTop ? '' : `${lead}${isLast ? '  ' : '│ '}`, false);
  }
}
