import type { Update } from '../source/source.ts';
import { type ColumnId, defaultColumns } from './columns.ts';
import type { Item, Listing } from './items.ts';
import type { Size } from './layout.ts';
import type { Row } from './row.ts';
import { sortBy } from './sort.ts';

export type Tab = 'graphs' | 'processes' | 'limits' | 'mounts' | 'logs';
export const tabs: readonly Tab[] = ['graphs', 'processes', 'limits', 'mounts', 'logs'];

/** What a text field is for, while one is open. */
export type Editing = 'filter' | 'search' | 'logSearch';

export interface Message {
  readonly kind: 'info' | 'error';
  readonly text: string;
  readonly hint: string | undefined;
}

export interface Detail {
  /** As it was last seen. */
  readonly row: Row;
  readonly isGone: boolean;
  /** Of its cgroup, also after that is gone: what its graphs are found by. */
  readonly path: string | undefined;
}

/** An open dialog: which one, and what about. Which there are: dialogs/dialogs.tsx. */
export interface OpenDialog {
  readonly name: string;
  readonly props: unknown;
}

/** All that the dashboard knows and shows, but for the values of graphs. Changed by reduce() alone. */
export interface State extends Listing {
  readonly size: Size;
  readonly update: Update | undefined;
  readonly rows: readonly Row[];
  readonly items: readonly Item[];
  readonly view: 'main' | 'detail';
  /** What the detail view is about. */
  readonly detail: Detail | undefined;
  readonly columns: readonly ColumnId[];
  readonly search: string;
  readonly editing: Editing | undefined;
  /** What the text field had before, for Escape. */
  readonly textBefore: string;
  readonly selectedKey: string | undefined;
  /** Where it stands, or stood. */
  readonly selectedIndex: number;
  /** The first item that is in sight. */
  readonly top: number;
  readonly tagged: ReadonlySet<string>;
  readonly isFollowing: boolean;
  readonly isFrozen: boolean;
  readonly message: Message | undefined;
  readonly dialog: OpenDialog | undefined;
  readonly tab: Tab;
  /** Index into zooms. */
  readonly zoom: number;
  /** How many points left of now the cursor stands; undefined: none. */
  readonly cursor: number | undefined;
  /** Of the detail's lists: the first line in sight. Of logs: from the end. */
  readonly scroll: number;
  readonly logSearch: string;
  readonly isLogFollowing: boolean;
  readonly isLogWrapped: boolean;
}

/** How much time a graph of the detail view shows. */
export const zooms = [
  { title: '1 min', seconds: 60 },
  { title: '5 min', seconds: 300 },
  { title: '15 min', seconds: 900 },
  { title: '1 h', seconds: 3600 },
  { title: '6 h', seconds: 6 * 3600 },
  { title: '24 h', seconds: 24 * 3600 },
] as const;

export function initialState(size: Size, changes: Partial<State> = {}): State {
  return {
    size,
    update: undefined,
    rows: [],
    items: [],
    view: 'main',
    detail: undefined,
    sort: sortBy('cpu'),
    filter: '',
    tree: false,
    folded: new Set(),
    scope: 'own',
    columns: defaultColumns,
    search: '',
    editing: undefined,
    textBefore: '',
    selectedKey: undefined,
    selectedIndex: 0,
    top: 0,
    tagged: new Set(),
    isFollowing: true,
    isFrozen: false,
    message: undefined,
    dialog: undefined,
    tab: 'graphs',
    zoom: 1,
    cursor: undefined,
    scroll: 0,
    logSearch: '',
    isLogFollowing: true,
    isLogWrapped: false,
    ...changes,
  };
}

export function selectedItem({ items, selectedIndex }: State): Item | undefined {
  return items[selectedIndex];
}

/** What an action is about: the marked ones, or the selected one. Groups stand for those in them. */
export function targets(state: State): readonly Row[] {
  if (state.view === 'detail' && state.detail !== undefined) return [state.detail.row];
  if (state.tagged.size > 0) return state.rows.filter(({ key }) => state.tagged.has(key));
  const row = selectedItem(state)?.row;
  if (row === undefined) return [];
  return row.state === 'group' ? state.rows.filter(({ group }) => group === row.group) : [row];
}
