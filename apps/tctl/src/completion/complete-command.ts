import { parseArgs } from 'node:util';
import { writeOut } from '../cli/output.ts';
import { type Completions, complete } from './complete.ts';
import { machineSources } from './sources.ts';
import { splitLine } from './split-line.ts';

/**
 * What the scripts of `tctl completion` call: `tctl __complete -- WORD... CURRENT`, or with the line up to the cursor,
 * `tctl __complete --line LINE --breaks CHARACTERS`. Answers with a line for each candidate, `VALUE TAB WHAT IT IS`,
 * and a last one: a colon, what the shell adds (nothing, files or directories), and nospace where the word goes on.
 */
export async function completeCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { line: { type: 'string' }, breaks: { type: 'string', default: '' } },
    allowPositionals: true,
    strict: false,
  });
  const line = typeof values.line === 'string' ? splitLine(values.line) : undefined;
  const words = line === undefined ? positionals : line.words.slice(1);
  const found = await complete(words.length === 0 ? [''] : words, machineSources);
  const breaks = line?.isQuoted ? '' : String(values.breaks);
  writeOut(answer(found, untilBreak(words.at(-1) ?? '', breaks).length));
  return 0;
}

/** bash completes no whole word, but what follows the last `=` or `:` in it, where those are in COMP_WORDBREAKS. */
function untilBreak(word: string, breaks: string): string {
  const last = Math.max(...[...'=:'].map((each) => (breaks.includes(each) ? word.lastIndexOf(each) : -1)));
  return word.slice(0, last + 1);
}

/** @param skip characters of each candidate that are there already */
export function answer({ candidates, also }: Completions, skip: number): string {
  const lines = candidates
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with one can't be typed
    .filter(({ value }) => !/[\u0000-\u001f\u007f]/.test(value))
    .map(({ value, about = '' }) => `${value.slice(skip)}${about === '' ? '' : `\t${about}`}\n`);
  const goesOn = candidates.length > 0 && candidates.every(({ value }) => /[=:,/ ]$/.test(value));
  return `${lines.join('')}:${also}${goesOn ? ' nospace' : ''}\n`;
}
