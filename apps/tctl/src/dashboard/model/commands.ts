import type { CommandName } from '../keys/key-map.ts';
import { type ColumnId, columnSpec } from './columns.ts';
import { makeFilter } from './filter.ts';
import { layoutMain } from './layout.ts';
import { placeColumns } from './place-columns.ts';
import { sortBy } from './sort.ts';
import { type State, selectedItem, type Tab, tabs, zooms } from './state.ts';

type Change = (state: State) => State;

/** What a key does to the state alone. What it does to containers and to the terminal: control/. */
const changes: Partial<Record<CommandName, Change>> = {
  up: (state) => move(state, -1),
  down: (state) => move(state, 1),
  pageUp: (state) => move(state, -page(state)),
  pageDown: (state) => move(state, page(state)),
  halfUp: (state) => move(state, -Math.ceil(page(state) / 2)),
  halfDown: (state) => move(state, Math.ceil(page(state) / 2)),
  first: (state) => move(state, Number.NEGATIVE_INFINITY),
  last: (state) => move(state, Number.POSITIVE_INFINITY),

  open: (state) => openDetail(state, 'graphs'),
  logs: (state) => openDetail(state, 'logs'),
  back: (state) =>
    state.cursor === undefined
      ? { ...state, view: 'main', detail: undefined, scroll: 0 }
      : { ...state, cursor: undefined },

  filter: (state) => ({ ...state, editing: 'filter', textBefore: state.filter }),
  search: (state) => ({ ...state, editing: 'search', textBefore: state.search, search: '' }),
  logSearch: (state) => ({ ...state, editing: 'logSearch', textBefore: state.logSearch, logSearch: '' }),
  searchNext: (state) => findNext(state, 1),
  searchPrevious: (state) => findNext(state, -1),
  sortNext: (state) => ({ ...state, sort: sortBy(neighbour(state, 1)) }),
  sortPrevious: (state) => ({ ...state, sort: sortBy(neighbour(state, -1)) }),
  sortReverse: (state) => ({ ...state, sort: { ...state.sort, descending: !state.sort.descending } }),
  sortCpu: (state) => ({ ...state, sort: sortBy('cpu') }),
  sortMemory: (state) => ({ ...state, sort: sortBy('memory') }),
  sortName: (state) => ({ ...state, sort: sortBy('name') }),
  tree: (state) => ({ ...state, tree: !state.tree }),
  fold: (state) => fold(state),
  scope: (state) => ({ ...state, scope: state.scope === 'own' ? 'all' : 'own' }),
  follow: (state) => ({ ...state, isFollowing: !state.isFollowing }),
  freeze: (state) => ({ ...state, isFrozen: !state.isFrozen }),

  tag: (state) => move(toggleTag(state), 1),
  tagAll: (state) => ({
    ...state,
    tagged: new Set(state.items.flatMap(({ row }) => (row.state === 'group' ? [] : row.key))),
  }),
  untagAll: (state) => ({ ...state, tagged: new Set() }),

  nextTab: (state) => toTab(state, tabs[(tabs.indexOf(state.tab) + 1) % tabs.length]),
  previousTab: (state) => toTab(state, tabs[(tabs.indexOf(state.tab) + tabs.length - 1) % tabs.length]),
  tab1: (state) => toTab(state, tabs[0]),
  tab2: (state) => toTab(state, tabs[1]),
  tab3: (state) => toTab(state, tabs[2]),
  tab4: (state) => toTab(state, tabs[3]),
  tab5: (state) => toTab(state, tabs[4]),
  zoomIn: (state) => ({ ...state, zoom: Math.max(0, state.zoom - 1), cursor: undefined }),
  zoomOut: (state) => ({ ...state, zoom: Math.min(zooms.length - 1, state.zoom + 1), cursor: undefined }),
  cursorLeft: (state) => moveCursor(state, 1),
  cursorRight: (state) => moveCursor(state, -1),
  logFollow: (state) => ({ ...state, isLogFollowing: !state.isLogFollowing, scroll: 0 }),
  wrap: (state) => ({ ...state, isLogWrapped: !state.isLogWrapped }),
};

export function reduceCommand(state: State, command: CommandName): State {
  return changes[command]?.(state) ?? state;
}

function page({ size, view }: State): number {
  return view === 'main' ? layoutMain(size).bodyRows : Math.max(1, size.rows - 6);
}

function move(state: State, by: number): State {
  if (state.view === 'detail') return scrollDetail(state, by);
  const selectedIndex = Math.min(Math.max(state.selectedIndex + by, 0), Math.max(0, state.items.length - 1));
  return { ...state, selectedIndex, selectedKey: state.items[selectedIndex]?.row.key };
}

/** Logs are scrolled from their end, as that is what stays in place while they grow. At the end they are followed. */
export function scrollDetail(state: State, by: number): State {
  if (state.tab === 'graphs') return state;
  const isLog = state.tab === 'logs';
  const scroll = Math.min(Math.max(0, state.scroll + (isLog ? -by : by)), mostScroll);
  return isLog ? { ...state, scroll, isLogFollowing: scroll === 0 } : { ...state, scroll };
}

/** Views know how far they can go, and show the end. */
const mostScroll = 1_000_000;

function openDetail(state: State, tab: Tab): State {
  const item = selectedItem(state);
  if (item === undefined) return state;
  if (item.row.state === 'group') return fold(state);
  const detail =
    state.view === 'detail'
      ? state.detail
      : { row: item.row, isGone: false, path: item.row.sample?.cgroup.path };
  return {
    ...state,
    view: 'detail',
    detail,
    tab,
    scroll: 0,
    cursor: undefined,
    isLogFollowing: true,
    logSearch: '',
  };
}

function toTab(state: State, tab: Tab | undefined): State {
  return tab === undefined ? state : { ...state, tab, scroll: 0, cursor: undefined };
}

function moveCursor(state: State, by: number): State {
  if (state.tab !== 'graphs') return state;
  return { ...state, cursor: Math.max(0, (state.cursor ?? -1) + by) };
}

function fold(state: State): State {
  const item = selectedItem(state);
  if (item === undefined || item.children === undefined) return state;
  const folded = new Set(state.folded);
  if (!folded.delete(item.row.key)) folded.add(item.row.key);
  return { ...state, folded };
}

function toggleTag(state: State): State {
  const row = selectedItem(state)?.row;
  if (row === undefined) return state;
  const keys =
    row.state === 'group'
      ? state.rows.flatMap(({ key, group }) => (group === row.group ? key : []))
      : [row.key];
  const tagged = new Set(state.tagged);
  const isTagged = keys.every((key) => tagged.has(key));
  for (const key of keys)
    if (isTagged) tagged.delete(key);
    else tagged.add(key);
  return { ...state, tagged };
}

/** From the selected one on, and round the end. */
export function findNext(state: State, direction: 1 | -1, withSelected = false): State {
  if (state.search.trim() === '' || state.view !== 'main') return state;
  const matches = makeFilter(state.search);
  const count = state.items.length;
  for (let distance = withSelected ? 0 : 1; distance <= count; distance += 1) {
    const index = (state.selectedIndex + direction * distance + count * 2) % count;
    const row = state.items[index]?.row;
    if (row !== undefined && matches(row)) return { ...state, selectedIndex: index, selectedKey: row.key };
  }
  return state;
}

/** The column in sight beside the one that is sorted by, by which one can sort differently. */
function neighbour({ columns, size, sort }: State, by: 1 | -1): ColumnId {
  const shown = placeColumns(columns, size.columns - 2)
    .map(({ id }) => id)
    .filter((id) => columnSpec(id).title !== '');
  const at = shown.indexOf(sort.column);
  const index = at === -1 ? 0 : (at + by + shown.length) % shown.length;
  return shown[index] ?? 'name';
}
