import { asciiCell, blockCell, brailleCell, levelOf } from './braille.ts';

export type GraphStyle = 'braille' | 'blocks' | 'ascii';

export interface Cell {
  readonly text: string;
  /** The highest value that it stands for; NaN where nothing was read. */
  readonly value: number;
}

/** How many values a cell shows. */
export function valuesPerCell(style: GraphStyle): 1 | 2 {
  return style === 'braille' ? 2 : 1;
}

/**
 * A graph of one line: the newest value at the right. What was not read (NaN) stays empty.
 * @param values the newest last
 */
export function sparkline(
  values: ArrayLike<number>,
  width: number,
  max: number,
  style: GraphStyle,
): readonly Cell[] {
  const each = valuesPerCell(style);
  const cells: Cell[] = [];
  const first = values.length - width * each;
  for (let cell = 0; cell < width; cell += 1) {
    const at = first + cell * each;
    const a = values[at] ?? Number.NaN;
    if (each === 1) cells.push({ text: singleCell(a, max, style), value: a });
    else {
      const b = values[at + 1] ?? Number.NaN;
      cells.push({ text: brailleCell(levelOf(a, max, 4), levelOf(b, max, 4)), value: higher(a, b) });
    }
  }
  return cells;
}

function singleCell(value: number, max: number, style: GraphStyle): string {
  return style === 'blocks' ? blockCell(levelOf(value, max, 8)) : asciiCell(levelOf(value, max, 4));
}

function higher(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}
