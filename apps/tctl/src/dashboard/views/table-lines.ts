import { type ColumnId, columnSpec } from '../model/columns.ts';
import type { Item } from '../model/items.ts';
import { layoutMain } from '../model/layout.ts';
import { joined, type PlacedColumn, placeColumns } from '../model/place-columns.ts';
import type { State } from '../model/state.ts';
import type { Histories } from '../store/histories.ts';
import { fit } from '../text/fit.ts';
import { styledWidth } from '../text/line.ts';
import type { Theme } from '../theme/theme.ts';
import { type CellContext, cellPainters } from './cells.ts';
import { graphStyleOf } from './graph-style.ts';

/** A cell at both sides: the mark of a tagged row, and room. */
const margin = 1;

export function tableColumns({ columns, size }: State): readonly PlacedColumn[] {
  return placeColumns(columns, size.columns - 2 * margin);
}

/** The column that was clicked on in the heading. */
export function columnAt(state: State, column: number): ColumnId | undefined {
  return tableColumns(state).find(({ at, width }) => column - margin >= at && column - margin < at + width)
    ?.id;
}

/** The heading. A graph has the name of what it shows: the column before it. */
export function headingLine(state: State, theme: Theme): string {
  const { sort, size } = state;
  let line = ' '.repeat(margin);
  for (const { id, width, at } of tableColumns(state)) {
    if (at > 0 && !joined.has(id)) line += ' ';
    const spec = columnSpec(id);
    const isSorted = sort.column === id;
    const arrow = sort.descending ? (theme.unicode ? '▾' : 'v') : theme.unicode ? '▴' : '^';
    const title = width < spec.title.length ? '' : spec.title;
    if (!isSorted) line += fit(title, width, spec.align);
    else {
      const marked = title.length < width ? (spec.align === 'right' ? arrow + title : title + arrow) : title;
      line += theme.pens.bold(theme.pens.underline(fit(marked, width, spec.align)));
    }
  }
  return theme.pens.bar(padTo(line, size.columns));
}

function padTo(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - styledWidth(line)));
}

/** The rows that are in sight, and nothing of the others. */
export function bodyLines(state: State, theme: Theme, histories: Histories): readonly string[] {
  const { items, top, size, selectedIndex, tagged } = state;
  const { bodyRows } = layoutMain(size);
  const columns = tableColumns(state);
  const used = columns.reduce((end, { at, width }) => Math.max(end, at + width), 0);
  const tail = ' '.repeat(Math.max(0, size.columns - margin - used));
  const context: CellContext = {
    theme,
    histories,
    graphStyle: graphStyleOf(theme),
    match: state.editing === 'search' || state.search !== '' ? state.search : state.filter,
  };
  const lines: string[] = [];
  for (let row = 0; row < bodyRows; row += 1) {
    const item = items[top + row];
    if (item === undefined) lines.push(' '.repeat(size.columns));
    else {
      const mark = tagged.has(item.row.key) ? theme.pens.warn(theme.unicode ? '▌' : '*') : ' ';
      const line = mark + cells(item, columns, context) + tail;
      lines.push(top + row === selectedIndex ? theme.pens.selected(line) : line);
    }
  }
  return lines;
}

function cells(item: Item, columns: readonly PlacedColumn[], context: CellContext): string {
  let line = '';
  for (const { id, width, at } of columns) {
    if (at > 0 && !joined.has(id)) line += ' ';
    line += cellPainters[id](item, width, context);
  }
  return line;
}
