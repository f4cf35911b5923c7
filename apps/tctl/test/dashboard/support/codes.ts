/** What is said to the terminal in lines: the numbers of all SGR sequences. */
export function styleCodes(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => [...line.matchAll(sgr)].map(([, codes = '']) => codes));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const sgr = /\x1b\[([\d;]*)m/g;

/** Control characters, and those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
export const movesCursor = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
