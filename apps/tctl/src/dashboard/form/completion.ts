import type { LineText } from './line-text.ts';

/** What could stand where the cursor is: each takes the place of the text from `from` up to it. */
export interface Candidates {
  readonly from: number;
  readonly texts: readonly string[];
}

/** @param before the text up to the cursor */
export type Completer = (before: string) => Candidates;

export interface Completed {
  readonly line: LineText;
  /** Where there are several: all that could follow. */
  readonly offers: readonly string[];
}

/** As far as all candidates agree. Undefined where nothing can be completed, and nothing is to be offered. */
export function complete(line: LineText, completer: Completer): Completed | undefined {
  const before = line.text.slice(0, line.cursor);
  const { from, texts } = completer(before);
  const typed = before.slice(from);
  const matching = texts.filter((text) => text.startsWith(typed));
  const [first] = matching;
  if (first === undefined || (matching.length === 1 && first === typed)) return undefined;
  const agreed = matching.reduce(commonBegin, first);
  const text = before.slice(0, from) + agreed + line.text.slice(line.cursor);
  return { line: { text, cursor: from + agreed.length }, offers: matching.length > 1 ? matching : [] };
}

export function commonBegin(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

/** Words of a fixed list, in place of the whole text. */
export function completeWhole(texts: () => readonly string[]): Completer {
  return () => ({ from: 0, texts: texts() });
}
