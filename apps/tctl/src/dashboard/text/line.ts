import { widthOf } from '../../cli/width.ts';
import { withoutStyles } from '../terminal/canvas.ts';

/** How many cells a line with colours takes. */
export function styledWidth(line: string): number {
  return widthOf(withoutStyles(line));
}

/** A line of exactly `width` cells with something at each end; where both don't fit, the right one is left away. */
export function spread(left: string, right: string, width: number): string {
  const space = width - styledWidth(left) - styledWidth(right);
  if (space >= 1 || right === '') return left + ' '.repeat(Math.max(0, space)) + right;
  return left + ' '.repeat(Math.max(0, width - styledWidth(left)));
}

/** As many of the parts as fit, in order; each with the separator before it. */
export function joinFitting(parts: readonly string[], separator: string, width: number): string {
  let line = '';
  for (const part of parts) {
    const next = line === '' ? part : line + separator + part;
    if (styledWidth(next) > width) break;
    line = next;
  }
  return line;
}
