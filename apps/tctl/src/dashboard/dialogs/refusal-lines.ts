import { printable } from '../../cli/printable.ts';
import type { Refusal } from '../form/refusal.ts';
import { wrapWords } from '../form/wrap.ts';
import { fit } from '../text/fit.ts';
import type { Theme } from '../theme/theme.ts';

/** What went wrong, what to do about it, and the code to look it up by. */
export function refusalLines(
  { text, hint, code }: Refusal,
  width: number,
  { pens }: Theme,
): readonly string[] {
  const paragraph = (words: string, pen: (line: string) => string) =>
    wrapWords(printable(words), width).map((line) => pen(fit(line, width)));
  return [
    ...paragraph(text, pens.bad),
    ...(hint === undefined ? [] : paragraph(hint, (line) => line)),
    ...(code === undefined ? [] : paragraph(code, pens.dim)),
  ];
}
