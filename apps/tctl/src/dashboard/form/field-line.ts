import { printable } from '../../cli/printable.ts';
import { widthOf } from '../../cli/width.ts';
import type { Theme } from '../theme/theme.ts';
import { charactersOf, type LineText } from './line-text.ts';

export interface FieldLook {
  readonly width: number;
  /** One is in it: it has a cursor. */
  readonly isActive: boolean;
  readonly isBad: boolean;
  /** Shown where it is empty. */
  readonly placeholder?: string;
}

/** A text field: exactly so wide, and as much of the text as fits, with the cursor in sight. */
export function fieldLine(line: LineText, look: FieldLook, theme: Theme): string {
  const { width, isActive, isBad, placeholder = '' } = look;
  const { pens } = theme;
  if (!isActive) {
    const shown = line.text === '' ? pens.faint(fitCells(placeholder, width)) : fitCells(line.text, width);
    return isBad ? pens.bad(shown) : shown;
  }
  const { before, at, after } = aroundCursor(line, width);
  const used = widthOf(before) + widthOf(at) + widthOf(after);
  const rest = ' '.repeat(Math.max(0, width - used));
  return pens.underline(`${before}${pens.reverse(at)}${after}${rest}`);
}

interface AroundCursor {
  readonly before: string;
  readonly at: string;
  readonly after: string;
}

/** The window moves only where the cursor would leave it. */
export function aroundCursor({ text, cursor }: LineText, width: number): AroundCursor {
  const before = charactersOf(text.slice(0, cursor)).map(printable);
  const [at = ' ', ...after] = charactersOf(text.slice(cursor)).map(printable);
  let room = width - widthOf(at);
  let begin = before.length;
  while (begin > 0 && widthOf(before[begin - 1] ?? '') <= room) {
    begin -= 1;
    room -= widthOf(before[begin] ?? '');
  }
  let end = 0;
  while (end < after.length && widthOf(after[end] ?? '') <= room) {
    room -= widthOf(after[end] ?? '');
    end += 1;
  }
  return { before: before.slice(begin).join(''), at, after: after.slice(0, end).join('') };
}

function fitCells(text: string, width: number): string {
  let [result, used] = ['', 0];
  const all = charactersOf(printable(text));
  for (const [index, character] of all.entries()) {
    const cells = widthOf(character);
    if (used + cells > width - (index < all.length - 1 ? 1 : 0))
      return `${result}…${' '.repeat(Math.max(0, width - used - 1))}`;
    result += character;
    used += cells;
  }
  return result + ' '.repeat(Math.max(0, width - used));
}
