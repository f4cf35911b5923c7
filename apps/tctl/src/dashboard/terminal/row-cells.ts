import { isPlain } from '../../cli/width.ts';
import { noStyle, type Style, sequenceOf, styleAfter } from './styles.ts';

/** A row of the screen, cell by cell. */
interface Cells {
  /** One character a cell. */
  readonly text: string;
  readonly styles: readonly Style[];
}

/** So many cells that stay the same cost less to write than to jump over: a jump and a colour take some 20 bytes. */
const shortGap = 8;

/**
 * What brings a row of the screen from one line to another, by writing the cells that differ. Undefined where that can't
 * be told: terminals don't agree on how wide some characters are, and a row with such is written from its begin.
 * @param row from 0
 */
export function changedCells(row: number, before: string, next: string): string | undefined {
  const [old, own] = [cellsOf(before), cellsOf(next)];
  if (old === undefined || own === undefined || old.text.length !== own.text.length) return undefined;
  let written = '';
  const isSame = (at: number) => old.text[at] === own.text[at] && old.styles[at] === own.styles[at];
  for (let at = 0; at < own.text.length; at += 1) {
    if (isSame(at)) continue;
    let end = at + 1;
    for (let next = end; next < own.text.length && next - end < shortGap; next += 1)
      if (!isSame(next)) end = next + 1;
    written += `\x1b[${row + 1};${at + 1}H${styled(own, at, end)}`;
    at = end;
  }
  return written;
}

function styled({ text, styles }: Cells, from: number, end: number): string {
  let written = '';
  for (let at = from; at < end; ) {
    const style = styles[at] ?? noStyle;
    let next = at + 1;
    while (next < end && styles[next] === style) next += 1;
    written += sequenceOf(style) + text.slice(at, next);
    at = next;
  }
  return written;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const sequence = /\x1b\[([\d;]*)m/;

function cellsOf(line: string): Cells | undefined {
  const parts = line.split(sequence);
  const styles: Style[] = [];
  let text = '';
  let style = noStyle;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) style = styleAfter(style, part);
    else {
      text += part;
      for (let cell = 0; cell < part.length; cell += 1) styles.push(style);
    }
  }
  return isPlain(text) ? { text, styles } : undefined;
}
