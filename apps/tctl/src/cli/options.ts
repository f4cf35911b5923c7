import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';
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

export interface Parsed<T extends OptionTable> {
  readonly values: OptionValues<T>;
  readonly rest: readonly string[];
}

/**
 * Parses the options before the first positional; everything from there on belongs to the container's command,
 * whatever it looks like.
 * @throws UsageError
 */
export function parseOptions<T extends OptionTable>(table: T, args: readonly string[]): Parsed<T> {
  const options = parserOptions(table);
  // Two passes: a lenient one only to find where the positionals start.
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator');
  const ours = tokens
    .slice(0, first === undefined ? undefined : tokens.indexOf(first))
    .flatMap((token) => (token.kind === 'option' ? spelled(token) : []));
  const rest = first === undefined ? [] : args.slice(first.index + (first.kind === 'positional' ? 0 : 1));
  return { values: strictly(table, ours).values, rest };
}

/** Parses options wherever they stand, for a command that runs none: `tctl stop NAME -t 5`. @throws UsageError */
export function parseEverywhere<T extends OptionTable>(table: T, args: readonly string[]): Parsed<T> {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(table),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const ours = tokens.flatMap((token) => (token.kind === 'option' ? spelled(token) : []));
  const rest = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []));
  return { values: strictly(table, ours).values, rest };
}

function parserOptions(table: OptionTable) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { short, value, multiple }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(multiple === undefined ? {} : { multiple }),
      },
    ]),
  );
}

/** As the strict parser wants it. */
function spelled(token: {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}): string[] {
  if (token.value === undefined) return [token.rawName];
  // A number below 0 is a value, and no option that the user forgot the value before.
  const inline = token.inlineValue || /^-\d/.test(token.value);
  return inline ? [`--${token.name}=${token.value}`] : [token.rawName, token.value];
}

function strictly<T extends OptionTable>(table: T, args: string[]): { values: OptionValues<T> } {
  try {
    const { values } = parseArgs({
      args,
      options: parserOptions(table),
      strict: true,
      allowPositionals: false,
    });
    return { values: values as OptionValues<T> };
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
