import { printable } from '../../cli/printable.ts';
import { widthOf } from '../../cli/width.ts';
import { charactersOf } from '../form/line-text.ts';
import { quoteWord } from '../form/shell-words.ts';
import { fit } from '../text/fit.ts';
import type { Theme } from '../theme/theme.ts';

/** The command that does the same, in at most so many lines; a shell that reads them finds one command. */
export function commandLines(
  words: readonly string[],
  width: number,
  most: number,
  { pens }: Theme,
): string[] {
  const all = brokenCommand(words.map(quoteWord).map(printable), width - 2);
  const shown = all.slice(0, most);
  if (all.length > most) shown[most - 1] = `${(shown[most - 1] ?? '').replace(/ \\$/, '')} …`;
  return shown.map((line, index) => pens.accent(fit(`${index === 0 ? '$ ' : '  '}${line}`, width)));
}

/** Lines go on with a backslash, which can't stand within quotes: a word that is too long is only cut. */
function brokenCommand(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const next = line === '' ? word : `${line} ${word}`;
    if (widthOf(next) <= width - 2) {
      line = next;
      continue;
    }
    if (line !== '') lines.push(`${line} \\`);
    line = '';
    for (const character of charactersOf(word)) {
      if (widthOf(line + character) > width - 2) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}
