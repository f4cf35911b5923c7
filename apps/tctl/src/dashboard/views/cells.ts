import { printable } from '../../cli/printable.ts';
import { widthOf } from '../../cli/width.ts';
import { highest } from '../graph/highest.ts';
import { paintCells, penOfShare } from '../graph/shades.ts';
import { type GraphStyle, sparkline, valuesPerCell } from '../graph/sparkline.ts';
import type { ColumnId } from '../model/columns.ts';
import { findMatch } from '../model/filter.ts';
import type { Item } from '../model/items.ts';
import type { Row } from '../model/row.ts';
import type { Histories, TraceName } from '../store/histories.ts';
import { fit, fitMiddle } from '../text/fit.ts';
import { bytes, count, duration, percent, rate } from '../text/sizes.ts';
import type { Pen, Theme } from '../theme/theme.ts';
import { stateMarks, stateWords } from './states.ts';

export interface CellContext {
  readonly theme: Theme;
  readonly histories: Histories;
  readonly graphStyle: GraphStyle;
  /** What is searched or filtered for. */
  readonly match: string;
}

/** What a column shows of a row: exactly `width` cells, with colours. */
export type CellPainter = (item: Item, width: number, context: CellContext) => string;

const right = (read: (row: Row) => string, penOf: (row: Row, theme: Theme) => Pen): CellPainter => {
  return ({ row }, width, { theme }) => penOf(row, theme)(fit(read(row), width, 'right'));
};

/** Rates: what is next to nothing keeps quiet. */
const rateCell = (read: (row: Row) => number | undefined, own: 'io' | 'network'): CellPainter =>
  right(
    (row) => rate(read(row)),
    (row, { pens }) => ((read(row) ?? 0) < 1024 ? pens.faint : pens[own]),
  );

const limit = (read: (row: Row) => string): CellPainter => {
  return ({ row }, width, { theme }) => theme.pens.dim(fit(read(row), width));
};

export const cellPainters: Readonly<Record<ColumnId, CellPainter>> = {
  state: ({ row, children, isFolded }, width, { theme }) => {
    const { mark, pen } = stateMarks(theme)[row.state];
    if (children !== undefined && row.state === 'group')
      return theme.pens.accent(fit(foldMark(isFolded, theme), width));
    if (width < 9) return pen(fit(mark, width));
    return pen(fit(`${mark} ${stateWords[row.state]}`, width));
  },
  name: (item, width, context) => nameCell(item, width, context),
  image: ({ row }, width, { theme }) => theme.pens.dim(fit(printable(row.facts?.image ?? ''), width)),
  uptime: ({ row }, width, { theme }) => {
    const { pens } = theme;
    const ending = row.facts?.ending;
    if (row.uptimeMs === undefined && ending !== undefined)
      return (/^exit 0$/.test(ending) ? pens.faint : pens.bad)(fit(printable(ending), width, 'right'));
    return pens.dim(fit(duration(row.uptimeMs), width, 'right'));
  },
  cpu: right(
    ({ cpu }) => percent(cpu),
    ({ cpu, cpuLimit }, { pens }) =>
      (cpu ?? 0) < 0.0005 ? pens.faint : penOfShare(shareOf(cpu, cpuLimit), pens.text, pens),
  ),
  cpuGraph: ({ row }, width, context) => graphCell(row, 'cpu', width, context),
  memory: right(
    ({ memoryBytes }) => bytes(memoryBytes),
    ({ memoryBytes, memoryLimitBytes }, { pens }) =>
      penOfShare(shareOf(memoryBytes, memoryLimitBytes), pens.text, pens),
  ),
  memoryLimit: limit(({ memoryLimitBytes }) =>
    memoryLimitBytes === undefined ? '' : `/${bytes(memoryLimitBytes)}`,
  ),
  memoryGraph: ({ row }, width, context) => graphCell(row, 'memory', width, context),
  pids: right(
    ({ pids }) => count(pids),
    ({ pids, pidsLimit }, { pens }) => penOfShare(shareOf(pids, pidsLimit), pens.text, pens),
  ),
  pidsLimit: limit(({ pidsLimit }) => (pidsLimit === undefined ? '' : `/${count(pidsLimit)}`)),
  pidsGraph: ({ row }, width, context) => graphCell(row, 'pids', width, context),
  read: rateCell(({ readRate }) => readRate, 'io'),
  write: rateCell(({ writeRate }) => writeRate, 'io'),
  receive: rateCell(({ receiveRate }) => receiveRate, 'network'),
  transmit: rateCell(({ transmitRate }) => transmitRate, 'network'),
  throttled: right(
    ({ throttled }) => wholePercent(throttled),
    ({ throttled = 0 }, { pens }) => (throttled < 0.05 ? pens.faint : throttled < 0.5 ? pens.warn : pens.bad),
  ),
  oom: right(
    ({ oomKills }) => (oomKills === undefined ? '' : oomKills === 0 ? '·' : count(oomKills)),
    ({ oomKills = 0 }, { pens }) => (oomKills === 0 ? pens.faint : pens.bad),
  ),
  pressure: right(
    ({ pressure }) => wholePercent(pressure),
    ({ pressure = 0 }, { pens }) =>
      pressure < 0.05 ? pens.faint : pressure < 0.3 ? pens.pressure : pens.bad,
  ),
  command: ({ row }, width, { theme }) =>
    theme.pens.dim(fit(printable(row.facts?.command.join(' ') ?? ''), width)),
  id: ({ row }, width, { theme }) => theme.pens.dim(fit(printable(row.key), width)),
};

function shareOf(value: number | undefined, most: number | undefined): number | undefined {
  return value === undefined || most === undefined ? undefined : value / most;
}

function wholePercent(share: number | undefined): string {
  if (share === undefined) return '';
  return share < 0.005 ? '·' : String(Math.round(share * 100));
}

function foldMark(isFolded: boolean, { unicode }: Theme): string {
  if (!unicode) return isFolded ? '+' : '-';
  return isFolded ? '▸' : '▾';
}

function nameCell(
  { row, branch, children, isFolded }: Item,
  width: number,
  { theme, match }: CellContext,
): string {
  const { pens } = theme;
  const tree = theme.unicode ? branch : branch.replaceAll('└', '`').replaceAll('├', '|').replaceAll('│', '|');
  const lead =
    children !== undefined && row.state !== 'group' ? `${tree}${foldMark(isFolded, theme)} ` : tree;
  const room = width - widthOf(lead);
  if (room <= 0) return pens.faint(fit(lead, width));
  const isGroup = row.state === 'group';
  const name = fitMiddle(
    printable(row.name) + (isGroup ? ` (${children ?? 0})` : ''),
    room,
    theme.unicode ? '…' : '~',
  );
  const own = isGroup ? pens.bold : row.state === 'exited' || row.state === 'created' ? pens.dim : pens.text;
  const found = match === '' ? undefined : findMatch(name, match);
  if (found === undefined) return pens.faint(lead) + own(name);
  const [from, to] = found;
  return pens.faint(lead) + own(name.slice(0, from)) + pens.match(name.slice(from, to)) + own(name.slice(to));
}

function graphCell(
  row: Row,
  name: TraceName,
  width: number,
  { theme, histories, graphStyle }: CellContext,
): string {
  const { pens } = theme;
  const values = histories.last(row.key, name, width * valuesPerCell(graphStyle));
  if (values === undefined) return ' '.repeat(width);
  const limits = { cpu: row.cpuLimit, memory: row.memoryLimitBytes, pids: row.pidsLimit };
  const own = pens[name];
  const most = limits[name];
  const max = most ?? highest(values) * 1.25;
  const isUp = row.sample !== undefined;
  return paintCells(sparkline(values, width, max, graphStyle), (value) =>
    isUp ? penOfShare(most === undefined ? undefined : value / most, own, pens) : pens.faint,
  );
}
