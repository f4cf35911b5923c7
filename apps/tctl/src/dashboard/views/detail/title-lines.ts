import { printable } from '../../../cli/printable.ts';
import { type Detail, type State, type Tab, tabs, zooms } from '../../model/state.ts';
import { joinFitting, spread, styledWidth } from '../../text/line.ts';
import { duration } from '../../text/sizes.ts';
import type { Theme } from '../../theme/theme.ts';
import { stateMarks, stateWords } from '../states.ts';

const titles: Readonly<Record<Tab, string>> = {
  graphs: 'Graphs',
  processes: 'Processes',
  limits: 'Limits',
  mounts: 'Mounts',
  logs: 'Logs',
};

/** Who it is, and the pages. */
export function detailTitle(detail: Detail, state: State, theme: Theme, label: string): readonly string[] {
  return [nameLine(detail, state, theme, label), tabLine(state, theme)];
}

function nameLine(
  { row, isGone }: Detail,
  { size, update, isFrozen }: State,
  theme: Theme,
  label: string,
): string {
  const { pens, unicode } = theme;
  const { mark, pen } = stateMarks(theme)[row.state];
  const now = update?.frame.time ?? new Date();
  const right = `${isFrozen ? `${pens.warn('frozen')}  ` : ''}${now.toTimeString().slice(0, 8)} `;
  const name = ` ${pens.dim(unicode ? '‹' : '<')} ${pens.bold(printable(row.name))}`;
  const parts = [
    isGone ? pens.bad('gone') : `${pen(mark)} ${stateWords[row.state]}`,
    ...(row.facts?.ending === undefined ? [] : [pens.bad(printable(row.facts.ending))]),
    ...(row.uptimeMs === undefined ? [] : [`up ${duration(row.uptimeMs)}`]),
    ...(row.facts?.image === undefined ? [] : [printable(row.facts.image)]),
    printable(row.key),
    ...(label === '' ? [] : [pens.warn(label)]),
  ];
  const room = size.columns - styledWidth(name) - styledWidth(right) - 4;
  return pens.bar(spread(`${name}  ${joinFitting(parts, '  ', room)}`, right, size.columns));
}

export interface TabPlace {
  readonly tab: Tab;
  readonly at: number;
  readonly width: number;
}

/** Where they stand, to be clicked on. */
export function tabPlaces(): readonly TabPlace[] {
  let at = 1;
  return tabs.map((tab, index) => {
    const width = `${index + 1} ${titles[tab]}`.length + 2;
    const place = { tab, at, width };
    at += width;
    return place;
  });
}

function tabLine(state: State, { pens, unicode }: Theme): string {
  const names = tabs.map((tab, index) => {
    const text = ` ${index + 1} ${titles[tab]} `;
    return tab === state.tab ? pens.selected(pens.bold(text)) : pens.dim(text);
  });
  const zoom = zooms[state.zoom]?.title ?? '';
  const right =
    state.tab === 'graphs'
      ? `${pens.dim('last')} ${zoom} ${pens.dim(unicode ? '−/+' : '-/+')} `
      : state.tab === 'logs'
        ? `${logModes(state)
            .map((mode) => pens.dim(mode))
            .join('  ')} `
        : '';
  return spread(` ${names.join('')}`, right, state.size.columns);
}

function logModes({ isLogFollowing, isLogWrapped, logSearch }: State): string[] {
  return [
    ...(logSearch === '' ? [] : [`search ${printable(logSearch)}`]),
    isLogWrapped ? 'wrapped' : 'cut',
    isLogFollowing ? 'following' : 'not following',
  ];
}
