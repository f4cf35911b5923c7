import { printable } from '../../cli/printable.ts';
import { cut } from '../../cli/width.ts';
import type { Bindings } from '../keys/bindings.ts';
import type { CommandName, KeyContext } from '../keys/key-map.ts';
import { columnSpec } from '../model/columns.ts';
import { layoutMain } from '../model/layout.ts';
import type { Editing, State } from '../model/state.ts';
import type { Player } from '../source/source.ts';
import { joinFitting, spread, styledWidth } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { playerLine } from './player-line.ts';

const editingTitles: Readonly<Record<Editing, string>> = {
  filter: 'Filter',
  search: 'Search',
  logSearch: 'Search the log',
};

/** What is going on: a text field, a message, or how the list is shown. */
export function statusLine(state: State, theme: Theme, player?: Player): string {
  const { pens } = theme;
  const { columns } = state.size;
  if (state.editing !== undefined) {
    const text = printable(state[state.editing]);
    const keys = pens.dim('Enter keeps it, Esc takes it back ');
    return spread(` ${pens.accent(editingTitles[state.editing])} ${text}${pens.reverse(' ')}`, keys, columns);
  }
  if (state.message !== undefined) {
    const { kind, text, hint } = state.message;
    const said =
      kind === 'error'
        ? pens.bad(` ${cut(printable(text), columns - 2)}`)
        : ` ${cut(printable(text), columns - 2)}`;
    const room = columns - styledWidth(said) - 3;
    return spread(
      said + (hint === undefined || room < 8 ? '' : `  ${pens.dim(cut(printable(hint), room))}`),
      '',
      columns,
    );
  }
  if (player !== undefined) return playerLine(player, columns, theme);
  return state.view === 'main' ? listStatus(state, theme) : ' '.repeat(columns);
}

function listStatus(state: State, { pens, unicode }: Theme): string {
  const { items, rows, top, filter, tagged, sort, isFollowing, tree, size } = state;
  const { bodyRows } = layoutMain(size);
  const end = Math.min(items.length, top + bodyRows);
  const range = items.length === 0 ? 'nothing to show' : `${top + 1}-${end} of ${items.length}`;
  const title = columnSpec(sort.column).about.split(/[,:]/)[0]?.toLowerCase() ?? '';
  const left = [
    pens.dim(range),
    ...(filter === '' ? [] : [`${pens.dim('filter')} ${pens.accent(printable(filter))}`]),
    ...(filter !== '' && !tree && items.length < rows.length
      ? [pens.dim(`${rows.length - items.length} hidden`)]
      : []),
    ...(tagged.size > 0 ? [pens.warn(`${tagged.size} marked`)] : []),
  ];
  const arrow = sort.descending ? (unicode ? '↓' : 'desc') : unicode ? '↑' : 'asc';
  const right = `${pens.dim(`by ${title} ${arrow}${isFollowing ? '' : ', not following'}`)} `;
  return spread(` ${joinFitting(left, '   ', size.columns - 2)}`, right, size.columns);
}

/** What is worth a place in the last line, the most useful first. */
const offered: Readonly<Record<State['view'], readonly CommandName[]>> = {
  main: [
    'help',
    'open',
    'filter',
    'sortNext',
    'spawn',
    'kill',
    'limits',
    'shell',
    'logs',
    'pause',
    'tree',
    'scope',
    'columns',
    'quit',
  ],
  detail: [
    'back',
    'help',
    'nextTab',
    'zoomIn',
    'cursorLeft',
    'logSearch',
    'logFollow',
    'wrap',
    'kill',
    'limits',
    'shell',
    'pause',
    'quit',
  ],
};

const offeredInReplay: readonly CommandName[] = ['playPause', 'stepForward', 'jumpForward', 'faster'];

export interface FooterKey {
  readonly command: CommandName;
  readonly key: string;
  readonly title: string;
  /** Its first cell. */
  readonly at: number;
  readonly width: number;
}

/** Those that fit, where they stand: they can be clicked on. */
export function footerKeys(
  state: State,
  bindings: Bindings,
  contexts: readonly KeyContext[],
  isReadOnly: boolean,
): readonly FooterKey[] {
  const keys: FooterKey[] = [];
  let at = 1;
  const offers = contexts.includes('replay')
    ? [...offeredInReplay, ...offered[state.view]]
    : offered[state.view];
  for (const command of offers) {
    const spec = bindings.map[command];
    const isHere = spec.contexts.some((context) => context === 'everywhere' || contexts.includes(context));
    if (!isHere || (spec.acts && isReadOnly) || spec.short === undefined || spec.keys.length === 0) continue;
    if (state.view === 'detail' && ['zoomIn', 'cursorLeft'].includes(command) && state.tab !== 'graphs')
      continue;
    const key = bindings.firstKeyOf(command);
    const width = key.length + 1 + spec.short.length;
    if (at + width > state.size.columns - 1) break;
    keys.push({ command, key, title: spec.short, at, width });
    at += width + 2;
  }
  return keys;
}

export function keysLine(keys: readonly FooterKey[], width: number, { pens }: Theme): string {
  const text = keys.map(({ key, title }) => `${pens.bold(key)} ${pens.dim(title)}`).join('  ');
  return spread(` ${text}`, '', width);
}
