import { printable } from '../../../cli/printable.ts';
import { cut, widthOf } from '../../../cli/width.ts';
import type { Section } from '../../source/source.ts';
import { fit } from '../../text/fit.ts';
import type { Theme } from '../../theme/theme.ts';

const nameWidth = 20;

/** Names and values in two columns; a long value goes on in the next line. */
export function sectionLines(
  sections: readonly Section[] | undefined,
  width: number,
  { pens }: Theme,
): readonly string[] {
  if (sections === undefined) return [];
  if (sections.length === 0) return [pens.dim(fit(' Nothing is known of that.', width))];
  return sections.flatMap(({ title, entries }) => [
    ' '.repeat(width),
    pens.bold(fit(` ${title}`, width)),
    ...entries.flatMap(([name, value]) =>
      wrap(printable(value), Math.max(10, width - nameWidth - 3)).map(
        (part, index) =>
          `  ${pens.dim(fit(index === 0 ? printable(name) : '', nameWidth))}${fit(part, width - nameWidth - 2)}`,
      ),
    ),
  ]);
}

/** In parts of at most so many cells. */
export function wrap(text: string, width: number): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const parts: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const part = cut(rest, width) || [...rest][0] || '';
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}
