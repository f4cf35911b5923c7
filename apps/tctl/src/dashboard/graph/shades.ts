import type { Pen, Pens } from '../theme/theme.ts';
import type { Cell } from './sparkline.ts';

/** From where on a share of a limit is a warning, and danger. */
export const warnShare = 0.75;
export const badShare = 0.9;

/** The colour of a figure is its own while it is far from its limit. */
export function penOfShare(share: number | undefined, own: Pen, pens: Pens): Pen {
  if (share === undefined || !(share >= warnShare)) return own;
  return share >= badShare ? pens.bad : pens.warn;
}

/** Neighbours of one colour share their escape sequences. */
export function paintCells(cells: readonly Cell[], penOf: (value: number) => Pen): string {
  let [line, run] = ['', ''];
  let current: Pen | undefined;
  for (const { text, value } of cells) {
    const pen = penOf(value);
    if (pen !== current && run !== '') {
      line += current?.(run) ?? run;
      run = '';
    }
    current = pen;
    run += text;
  }
  return line + (current?.(run) ?? run);
}
