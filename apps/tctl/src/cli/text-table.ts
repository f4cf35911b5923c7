import { shortened, widthOf } from './width.ts';

export interface Fit {
  /** Of the terminal; undefined for as wide as it gets. */
  readonly columns: number | undefined;
  /** The columns, by their number, whose cells may be shortened. */
  readonly flexible: readonly number[];
}

const gap = 3;
/** Less of a cell tells nothing. */
const narrowest = 6;

/** Rows under headings, in columns as wide as their widest cell; on a terminal that is too narrow, shortened to fit. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, flexible }: Fit = { columns: undefined, flexible: [] },
): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  const fitting = columns === undefined ? widths : narrowed(widths, columns, flexible);
  const line = (row: readonly string[]) =>
    headings
      .map((_, column) => {
        const cell = shortened(row[column] ?? '', fitting[column] ?? 0);
        return cell + ' '.repeat(Math.max(0, (fitting[column] ?? 0) - widthOf(cell)));
      })
      .join(' '.repeat(gap))
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

/** Takes from the widest of the columns that may be shortened, until all fit or nothing is left to take. */
function narrowed(widths: readonly number[], columns: number, flexible: readonly number[]): number[] {
  const found = [...widths];
  let excess = found.reduce((sum, width) => sum + width, 0) + gap * (found.length - 1) - columns;
  for (; excess > 0; excess -= 1) {
    const [widest = -1] = [...flexible].sort((a, b) => (found[b] ?? 0) - (found[a] ?? 0));
    const width = found[widest] ?? 0;
    if (width <= narrowest) break;
    found[widest] = width - 1;
  }
  return found;
}
