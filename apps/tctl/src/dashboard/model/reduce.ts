import type { CommandName } from '../keys/key-map.ts';
import type { Update } from '../source/source.ts';
import type { ColumnId } from './columns.ts';
import { findNext, reduceCommand, scrollDetail } from './commands.ts';
import { makeItems } from './items.ts';
import { layoutMain, type Size } from './layout.ts';
import { makeRows, type Row } from './row.ts';
import { sortBy } from './sort.ts';
import type { Detail, Message, OpenDialog, State } from './state.ts';

export type Action =
  | { readonly kind: 'command'; readonly command: CommandName }
  | { readonly kind: 'update'; readonly update: Update }
  | { readonly kind: 'resize'; readonly size: Size }
  /** The open text field has this now. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'endText'; readonly keep: boolean }
  | { readonly kind: 'select'; readonly index: number }
  | { readonly kind: 'scroll'; readonly by: number }
  /** The log has so many more lines: what is looked at in it stays in place. */
  | { readonly kind: 'logGrew'; readonly lines: number }
  | { readonly kind: 'scrollLog'; readonly toEnd: number }
  | { readonly kind: 'sortBy'; readonly column: ColumnId }
  | { readonly kind: 'columns'; readonly columns: readonly ColumnId[] }
  | { readonly kind: 'message'; readonly message: Message | undefined }
  | { readonly kind: 'dialog'; readonly dialog: OpenDialog | undefined };

/** All changes of state, pure. */
export function reduce(state: State, action: Action): State {
  return settle(state, change(state, action));
}

function change(state: State, action: Action): State {
  switch (action.kind) {
    case 'command':
      return reduceCommand(state, action.command);
    case 'update':
      return { ...state, update: action.update };
    case 'resize':
      return { ...state, size: action.size };
    case 'text':
      return typeText(state, action.text);
    case 'endText':
      return endText(state, action.keep);
    case 'select':
      return { ...state, selectedIndex: action.index, selectedKey: state.items[action.index]?.row.key };
    case 'scroll':
      return scrollBy(state, action.by);
    case 'logGrew':
      return state.isLogFollowing ? state : { ...state, scroll: state.scroll + action.lines };
    case 'scrollLog':
      return { ...state, scroll: action.toEnd, isLogFollowing: false };
    case 'sortBy':
      return state.sort.column === action.column
        ? { ...state, sort: { ...state.sort, descending: !state.sort.descending } }
        : { ...state, sort: sortBy(action.column) };
    case 'columns':
      return { ...state, columns: action.columns };
    case 'message':
      return { ...state, message: action.message };
    case 'dialog':
      return { ...state, dialog: action.dialog };
  }
}

/** A search goes to what it finds while it is typed. */
function typeText(state: State, text: string): State {
  if (state.editing === undefined) return state;
  const next = { ...state, [state.editing]: text };
  return state.editing === 'search' ? findNext(next, 1, true) : next;
}

function endText(state: State, keep: boolean): State {
  if (state.editing === undefined) return state;
  return {
    ...state,
    editing: undefined,
    ...(keep ? {} : { [state.editing]: state.textBefore }),
  };
}

/** The wheel: the list moves, and the selection only where it would get out of sight. */
function scrollBy(state: State, by: number): State {
  if (state.view === 'detail') return scrollDetail(state, by);
  const { bodyRows } = layoutMain(state.size);
  const top = clamp(state.top + by, 0, Math.max(0, state.items.length - bodyRows));
  const selectedIndex = clamp(state.selectedIndex, top, top + bodyRows - 1);
  return { ...state, top, selectedIndex, selectedKey: state.items[selectedIndex]?.row.key };
}

/** Makes what follows from the rest follow: rows and items, and a selection that is in the list and in sight. */
export function settle(before: State, after: State): State {
  let next = after;
  const rows =
    before.update === after.update && before.scope === after.scope
      ? after.rows
      : makeRows(after.update, after.scope);
  const isSameList =
    rows === before.rows &&
    before.sort === after.sort &&
    before.filter === after.filter &&
    before.tree === after.tree &&
    before.folded === after.folded;
  if (!isSameList) {
    const items = makeItems(rows, after);
    const followed = after.isFollowing ? items.findIndex(({ row }) => row.key === after.selectedKey) : -1;
    next = { ...after, rows, items, selectedIndex: followed === -1 ? after.selectedIndex : followed };
    if (rows !== before.rows) next = forgetGone(next);
  }
  const selectedIndex = clamp(next.selectedIndex, 0, Math.max(0, next.items.length - 1));
  const selectedKey = next.items[selectedIndex]?.row.key;
  const { bodyRows } = layoutMain(next.size);
  const mostTop = Math.max(0, next.items.length - bodyRows);
  const top = clamp(clamp(next.top, selectedIndex - bodyRows + 1, selectedIndex), 0, mostTop);
  if (selectedIndex === next.selectedIndex && selectedKey === next.selectedKey && top === next.top)
    return next;
  return { ...next, selectedIndex, selectedKey, top };
}

/** What is gone is not marked any more. What is looked at closely stays in sight as it was last. */
function forgetGone(before: State): State {
  const state = { ...before, detail: before.detail && look(before.detail, before.rows) };
  if (state.tagged.size === 0) return state;
  const there = new Set(state.rows.map(({ key }) => key));
  const tagged = new Set([...state.tagged].filter((key) => there.has(key)));
  return tagged.size === state.tagged.size ? state : { ...state, tagged };
}

function look(detail: Detail, rows: readonly Row[]): Detail {
  const row = rows.find(({ key }) => key === detail.row.key);
  return {
    row: row ?? detail.row,
    isGone: row === undefined,
    path: row?.sample?.cgroup.path ?? detail.path,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
