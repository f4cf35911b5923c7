import { asciiCell, blockCell, brailleCell, levelOf } from './braille.ts';
import { type GraphStyle, valuesPerCell } from './sparkline.ts';

export interface ChartCell {
  readonly text: string;
  /** What it is a part of: the figure, its limit, or nothing. */
  readonly kind: 'value' | 'limit' | 'empty';
  /** The highest value of its column; NaN where nothing was read. */
  readonly value: number;
}

export interface Chart {
  /** As many as `width` times valuesPerCell(style), the newest last; NaN is a gap. */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** What the top stands for. */
  readonly max: number;
  /** Drawn as a line where it is not above the top. */
  readonly limit?: number | undefined;
  readonly style: GraphStyle;
}

const dots = { braille: 4, blocks: 8, ascii: 4 };

/** A graph of several rows, filled below the value, from the top row down. */
export function chart({
  values,
  width,
  height,
  max,
  limit,
  style,
}: Chart): readonly (readonly ChartCell[])[] {
  const each = valuesPerCell(style);
  const perRow = dots[style];
  const levels = Array.from({ length: width * each }, (_, index) =>
    levelOf(values[index] ?? Number.NaN, max, height * perRow),
  );
  const limitRow = limit === undefined || limit > max ? -1 : rowOfLevel(limit / max, height);
  return Array.from({ length: height }, (_, row) => {
    const base = (height - 1 - row) * perRow;
    return Array.from({ length: width }, (_, column): ChartCell => {
      const [a, b] = [levels[column * each] ?? 0, levels[column * each + each - 1] ?? 0];
      const value = highest(values, column * each, each);
      const isEmpty = a <= base && b <= base;
      if (isEmpty && row === limitRow) return { text: style === 'ascii' ? '-' : '┄', kind: 'limit', value };
      if (isEmpty) return { text: ' ', kind: 'empty', value };
      return { text: cellText(a - base, b - base, perRow, style), kind: 'value', value };
    });
  });
}

function rowOfLevel(share: number, height: number): number {
  return Math.min(height - 1, Math.max(0, height - Math.ceil(share * height)));
}

function highest(values: ArrayLike<number>, at: number, count: number): number {
  let most = Number.NaN;
  for (let index = at; index < at + count; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (!(value <= most) && !Number.isNaN(value)) most = value;
  }
  return most;
}

function cellText(a: number, b: number, most: number, style: GraphStyle): string {
  const left = Math.min(most, Math.max(0, a));
  const right = Math.min(most, Math.max(0, b));
  if (style === 'braille') return brailleCell(left, right);
  return style === 'blocks' ? blockCell(right) : asciiCell(right);
}

/** The next round number for an axis that has no limit to end at. */
export function roundUp(value: number, base: 1024 | 1000): number {
  if (!(value > 0)) return 1;
  const unit = base ** Math.floor(Math.log(value) / Math.log(base));
  const ratio = value / unit;
  const step = [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 512].find(
    (each) => each >= ratio,
  );
  return (step ?? base) * unit;
}
