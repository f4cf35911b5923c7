import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** One option of a command. Help, and later completion and the manual, are made from these. */
export interface OptionSpec {
  readonly short?: string;
  /** How help calls its value; an option without one is a switch. */
  readonly value?: string;
  readonly multiple?: true;
  /** One line, for help. */
  readonly about: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S extends { value: string }
  ? S extends { multiple: true }
    ? readonly string[]
    : string
  : boolean;

export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]?: ValueOf<T[K]> };

/**
 * Parses the options before the first positional; everything from there on belongs to the container's command,
 * whatever it looks like.
 * @throws UsageError
 */
export function parseOptions<T extends OptionTable>(
  table: T,
  args: readonly string[],
): { values: OptionValues<T>; rest: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { short, value, multiple }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(multiple === undefined ? {} : { multiple }),
      },
    ]),
  );
  // Two passes: a lenient one only to find where the positionals start.
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator');
  const ours = tokens.slice(0, first === undefined ? undefined : tokens.indexOf(first)).flatMap((token) => {
    if (token.kind !== 'option') return [];
    if (token.value === undefined) return [token.rawName];
    // A number below 0 is a value, and no option that the user forgot the value before.
    const inline = token.inlineValue || /^-\d/.test(token.value);
    return inline ? [`--${token.name}=${token.value}`] : [token.rawName, token.value];
  });
  try {
    const { values } = parseArgs({ args: ours, options, strict: true, allowPositionals: false });
    const rest = first === undefined ? [] : args.slice(first.index + (first.kind === 'positional' ? 0 : 1));
    return { values: values as OptionValues<T>, rest };
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/);
    throw new UsageError(sentence.replace(/\.$/, ''), hintFor(error as Error, table));
  }
}

function hintFor({ message }: Error, table: OptionTable): string {
  const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1];
  const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(table));
  if (near !== undefined) return `Did you mean --${near}?`;
  return /ambiguous|argument missing/.test(message) ? 'Write --OPTION=VALUE.' : '--help lists the options.';
}

/** The candidate that takes the fewest edits, if that is at most a third of the word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, charA] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, charB] of [...b].entries()) {
      const replace = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
