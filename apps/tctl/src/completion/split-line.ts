export interface SplitLine {
  /** Without their quotes; the last one is being written, and may be empty. */
  readonly words: readonly string[];
  /** The last one stands in quotes that have no end yet. */
  readonly isQuoted: boolean;
}

/** A command line that is being written, up to the cursor, as words: as sh(1) has them, and with no error. */
export function splitLine(line: string): SplitLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (quote === "'" && character !== "'") word += character;
    else if (quote !== '' && character === quote) quote = '';
    else if (character === '\\' && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + line[at];
    } else if (quote !== '') word += character;
    else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  return { words: [...words, word ?? ''], isQuoted: quote !== '' };
}
