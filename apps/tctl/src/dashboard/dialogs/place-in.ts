import type { DOMElement } from 'ink';
import type { MouseEvent } from '../terminal/events.ts';

/** A cell of what a dialog shows, from 0: above row 0 is its title. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** The border and the title; the border and the space beside it: see Frame.tsx. */
const above = 2;
const beside = 2;

/** Where in a dialog's box a click was; undefined beside its content. Ink has laid it out: where it stands is known there. */
export function placeIn(box: DOMElement | null, { row, column }: MouseEvent): Place | undefined {
  const [width = 0, height = 0] = [box?.yogaNode?.getComputedWidth(), box?.yogaNode?.getComputedHeight()];
  let [top, left] = [above, beside];
  for (let node = box ?? undefined; node !== undefined; node = node.parentNode) {
    top += node.yogaNode?.getComputedTop() ?? 0;
    left += node.yogaNode?.getComputedLeft() ?? 0;
  }
  const place = { row: row - top, column: column - left };
  const isInside =
    place.row >= 0 &&
    place.row < height - above - 1 &&
    place.column >= 0 &&
    place.column < width - 2 * beside;
  return isInside ? place : undefined;
}
