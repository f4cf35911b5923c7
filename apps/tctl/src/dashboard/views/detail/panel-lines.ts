import type { History } from '@tc/monitor';
import { printable } from '../../../cli/printable.ts';
import { chart, roundUp } from '../../graph/chart.ts';
import { highest } from '../../graph/highest.ts';
import { penOfShare } from '../../graph/shades.ts';
import { valuesPerCell } from '../../graph/sparkline.ts';
import type { Detail } from '../../model/state.ts';
import type { Mark } from '../../source/source.ts';
import { fit } from '../../text/fit.ts';
import { spread, styledWidth } from '../../text/line.ts';
import type { Pen, Theme } from '../../theme/theme.ts';
import { graphStyleOf } from '../graph-style.ts';
import type { PanelSpec } from './panels.ts';
import { readSeries } from './read-series.ts';
import { timeAxis } from './time-axis.ts';

export interface PanelContext {
  readonly detail: Detail;
  readonly history: History;
  readonly marks: readonly Mark[];
  readonly theme: Theme;
  readonly from: Date;
  readonly to: Date;
  /** What the cursor reads. */
  readonly cursor: Date | undefined;
}

/** Before the graph: `1000M ┤`. */
const axisWidth = 8;

/** One graph with its title and axes: `height` lines of `width` cells. */
export function panelLines(
  spec: PanelSpec,
  width: number,
  height: number,
  context: PanelContext,
): readonly string[] {
  const { detail, theme } = context;
  const { pens } = theme;
  const style = graphStyleOf(theme);
  const cells = width - axisWidth - 1;
  const rows = height - 2;
  const perCell = valuesPerCell(style);
  const { values, parts } = readSeries(spec, cells * perCell, context);
  const limit = spec.limit(detail.row);
  const top = topOf(spec, values, limit);
  const column = cursorColumn(context, cells);
  const own = pens[spec.pen];
  const drawn = chart({ values, width: cells, height: rows, max: top, limit, style });
  const lines = drawn.map((row, index) => {
    let line = axisLabel(index, rows, top, spec, theme);
    let [run, pen]: [string, Pen] = ['', pens.text];
    for (const [at, cell] of row.entries()) {
      const next =
        cell.kind === 'limit'
          ? pens.bad
          : penOfShare(limit === undefined ? undefined : cell.value / limit, own, pens);
      const isCursor = at === column;
      if (isCursor || next !== pen) {
        line += pen(run);
        run = '';
        pen = next;
      }
      if (isCursor)
        line += pens.bold(pens.title(cell.kind === 'empty' ? (theme.unicode ? '│' : '|') : cell.text));
      else run += cell.text;
    }
    return `${line}${pen(run)} `;
  });
  const read =
    column === undefined ? values.length - 1 : Math.min(values.length - 1, column * perCell + perCell - 1);
  return [
    titleLine(spec, width, values, parts, read, limit, context),
    ...lines,
    timeAxis(cells, axisWidth, context),
  ];
}

function topOf(
  { most, least, base }: PanelSpec,
  values: readonly number[],
  limit: number | undefined,
): number {
  if (most !== undefined) return most;
  const peak = highest(values);
  // A limit that is far away would leave nothing of the graph.
  if (limit !== undefined && peak > limit / 20) return Math.max(limit, peak);
  return Math.max(least, roundUp(peak * 1.1, base));
}

function axisLabel(
  row: number,
  rows: number,
  top: number,
  spec: PanelSpec,
  { pens, unicode }: Theme,
): string {
  const share = 1 - row / rows;
  const isLabelled = row === 0 || (rows >= 8 && row === Math.floor(rows / 2));
  const label = isLabelled ? spec.format(top * share).replace('/s', '') : '';
  return (
    pens.dim(fit(label, axisWidth - 2, 'right')) + pens.faint(unicode ? (isLabelled ? ' ┤' : ' │') : ' |')
  );
}

function cursorColumn({ cursor, from, to }: PanelContext, cells: number): number | undefined {
  if (cursor === undefined) return undefined;
  const share = (cursor.getTime() - from.getTime()) / (to.getTime() - from.getTime());
  return Math.min(cells - 1, Math.max(0, Math.floor(share * cells)));
}

function titleLine(
  spec: PanelSpec,
  width: number,
  values: readonly number[],
  parts: readonly (readonly number[])[],
  at: number,
  limit: number | undefined,
  { theme, cursor, marks, detail, from, to }: PanelContext,
): string {
  const { pens } = theme;
  const value = values[at] ?? Number.NaN;
  const isKnown = !Number.isNaN(value);
  const left = ` ${pens.bold(spec.title)}  ${isKnown ? penOfShare(limit === undefined ? undefined : value / limit, pens[spec.pen], pens)(spec.format(value)) : pens.dim('nothing known')}`;
  const of =
    limit === undefined
      ? ''
      : pens.dim(` of ${spec.format(limit)}  ${isKnown ? Math.round((value / limit) * 100) : '?'}%`);
  const split = spec.names.flatMap((name, index) => {
    const part = parts[index]?.[at];
    return part === undefined || Number.isNaN(part) ? [] : [`${pens.dim(name)} ${spec.format(part)}`];
  });
  const peak = highest(values);
  const mark =
    cursor === undefined
      ? undefined
      : markAt(marks, detail, cursor, (to.getTime() - from.getTime()) / values.length);
  const right =
    mark !== undefined
      ? pens.warn(printable(mark.text))
      : split.length > 0
        ? split.join('  ')
        : `${pens.dim('highest')} ${spec.format(peak)}`;
  const room = width - styledWidth(left + of) - 2;
  return spread(left + of, styledWidth(right) <= room ? `${right} ` : '', width);
}

/** What happened where the cursor stands. */
function markAt(marks: readonly Mark[], detail: Detail, cursor: Date, spanMs: number): Mark | undefined {
  return marks.findLast(
    ({ key, time }) => key === detail.row.key && Math.abs(time.getTime() - cursor.getTime()) <= spanMs * 2,
  );
}
