import { cut, widthOf } from '../../cli/width.ts';

export type Align = 'left' | 'right';

/** Exactly so many cells: cut with an ellipsis, or filled up with spaces. */
export function fit(text: string, width: number, align: Align = 'left', ellipsis = '…'): string {
  if (width <= 0) return '';
  const cells = widthOf(text);
  if (cells > width) {
    const short = cut(text, width - 1) + ellipsis;
    return short + ' '.repeat(Math.max(0, width - widthOf(short)));
  }
  const space = ' '.repeat(width - cells);
  return align === 'left' ? text + space : space + text;
}

/** The same, but what is cut is the middle: ends of names tell them apart. */
export function fitMiddle(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width || width < 5) return fit(text, width, 'left', ellipsis);
  const tail = Math.floor((width - 1) / 3);
  const characters = [...text];
  let end = '';
  while (widthOf(end) < tail) {
    const last = characters.pop();
    if (last === undefined || widthOf(last + end) > tail) break;
    end = last + end;
  }
  return fit(cut(text, width - 1 - widthOf(end)) + ellipsis + end, width);
}
