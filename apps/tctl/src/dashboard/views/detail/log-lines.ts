import type { ShownLine } from '../../store/log-buffer.ts';
import { fit } from '../../text/fit.ts';
import { styledWidth } from '../../text/line.ts';
import type { Theme } from '../../theme/theme.ts';
import { wrap } from './section-lines.ts';

export interface LogView {
  /** How many lines are below the last one in sight. */
  readonly scroll: number;
  readonly isWrapped: boolean;
  readonly search: string;
}

const timeWidth = 9;

/** The end of a log, or what is above it: `height` lines, the newest at the bottom. */
export function logLines(
  lines: readonly ShownLine[],
  { scroll, isWrapped, search }: LogView,
  width: number,
  height: number,
  theme: Theme,
): readonly string[] {
  const { pens } = theme;
  const shown: string[] = [];
  const room = width - timeWidth - 2;
  const last = Math.max(Math.min(lines.length, height), lines.length - scroll);
  for (let index = last - 1; index >= 0 && shown.length < height; index -= 1) {
    const line = lines[index];
    if (line === undefined) break;
    const parts = isWrapped ? wrap(line.text, room) : [line.text];
    const pen = line.isError ? pens.warn : pens.text;
    const drawn = parts.map((part, at) => {
      const text = highlight(fit(part, room), search, pen, pens.match);
      return ` ${pens.faint(fit(at === 0 ? line.time : '', timeWidth))}${text} `;
    });
    shown.unshift(...drawn.slice(-(height - shown.length)));
  }
  if (lines.length === 0) shown.push(pens.dim(fit(' It has written nothing yet.', width)));
  while (shown.length < height) shown.push(' '.repeat(width));
  return shown.map((line) => line + ' '.repeat(Math.max(0, width - styledWidth(line))));
}

function highlight(
  text: string,
  search: string,
  pen: (text: string) => string,
  match: (text: string) => string,
): string {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  if (at === -1) return pen(text);
  return (
    pen(text.slice(0, at)) + match(text.slice(at, at + search.length)) + pen(text.slice(at + search.length))
  );
}
