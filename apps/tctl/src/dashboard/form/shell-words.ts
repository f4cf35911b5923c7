/** Command lines as a shell has them: words and quotes, and nothing else of it. */
import { UsageError } from '../../cli/usage-error.ts';

/**
 * `sh -c 'echo a b'` as words. Quotes and backslashes mean what they mean in sh(1); variables, pipes and patterns mean
 * themselves, as no shell reads them.
 * @throws UsageError where a quote has no end
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = /\s+/y;
    blank.lastIndex = at;
    if (blank.test(text)) at = blank.lastIndex;
    if (at >= text.length) break;
    const { word, end } = wordAt(text, at);
    words.push(word);
    at = end;
  }
  return words;
}

/** One pattern for each way to write a part of a word. */
const parts = /(?<plain>[^\s'"\\]+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)/sy;

function wordAt(text: string, begin: number): { word: string; end: number } {
  let [word, at] = ['', begin];
  while (at < text.length && !/\s/.test(text[at] ?? '')) {
    parts.lastIndex = at;
    const { plain, single, double, escaped } = parts.exec(text)?.groups ?? {};
    const part = plain ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped;
    if (part === undefined) throw unfinished(text[at] ?? '');
    word += part;
    at = parts.lastIndex;
  }
  return { word, end: at };
}

function unfinished(character: string): UsageError {
  if (character === '\\') return new UsageError('there is nothing after the last \\', 'Write \\\\ for one.');
  return new UsageError(
    `the quote ${character} has no end`,
    `Add another ${character}, or write \\${character} for one.`,
  );
}

/** One word for a shell to read, quoted where it must be. */
export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}
