import type { Size } from '../model/layout.ts';

/** The border and the space beside it, and what is left of the screen around the box: see Frame.tsx. */
const aroundColumns = 6;
/** The border, the title, the line of keys, and a row above and below the box. */
const aroundRows = 6;

/** How much a dialog that wants to be so wide has for itself. */
export function roomFor(
  { columns, rows }: Size,
  width: number,
): { readonly width: number; readonly rows: number } {
  return { width: Math.min(width, columns - aroundColumns), rows: Math.max(3, rows - aroundRows) };
}
