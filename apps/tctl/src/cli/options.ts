import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** What the shell offers where a value or an operand is expected; a list is all the words that there are. */
export type Completion =
  | 'nothing'
  | 'file'
  | 'directory'
  | 'container'
  | 'running-container'
  | 'stopped-container'
  | 'paused-container'
  | 'image'
  | 'volume'
  | 'volume-source'
  | 'signal'
  | 'capability'
  | 'command'
  | 'container-path'
  | 'image-or-container'
  | readonly string[];

interface DocumentedOption {
  readonly short?: string;
  /** One line, for help. */
  readonly about: string;
  /** Other names of it, as Docker has them. */
  readonly alias?: readonly string[];
  /** Under which heading help lists it. Default `Options`. */
  readonly heading?: string;
}

/** An option that is there or not. `--NAME=false` is as if it were not. */
export interface SwitchSpec extends DocumentedOption {
  readonly value?: never;
  readonly multiple?: never;
  readonly complete?: never;
  readonly default?: never;
  readonly env?: never;
}

export interface ValuedSpec extends DocumentedOption {
  /** How help calls its value. */
  readonly value: string;
  readonly complete: Completion;
  readonly multiple?: true;
  /** What holds where it is not given, for help. */
  readonly default?: string;
  /** The environment variable that is used where it is not given. */
  readonly env?: string;
}

/** One option of a command. Help, completion, the manual and docs/cli.md are made from these. */
export type OptionSpec = SwitchSpec | ValuedSpec;

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** An option of Docker's that makes no sense here, and what to do about that. */
export interface RefusedOption {
  readonly short?: string;
  /** It takes a value. */
  readonly value?: true;
  readonly hint: string;
}

export type RefusedTable = Readonly<Record<string, RefusedOption>>;

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
export function parseOptions<T extends OptionTable>(
  table: T,
  args: readonly string[],
  refused: RefusedTable = {},
): Parsed<T> {
  const { tokens } = leniently(table, args, refused);
  const first = tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator');
  const ours = tokens
    .slice(0, first === undefined ? undefined : tokens.indexOf(first))
    .flatMap((token) => (token.kind === 'option' ? spelled(token, table) : []));
  const rest = first === undefined ? [] : args.slice(first.index + (first.kind === 'positional' ? 0 : 1));
  return { values: strictly(table, ours, refused), rest };
}

/** Parses options wherever they stand, for a command that runs none: `tctl stop NAME -t 5`. @throws UsageError */
export function parseEverywhere<T extends OptionTable>(
  table: T,
  args: readonly string[],
  refused: RefusedTable = {},
): Parsed<T> {
  const { tokens } = leniently(table, args, refused);
  const ours = tokens.flatMap((token) => (token.kind === 'option' ? spelled(token, table) : []));
  const rest = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []));
  return { values: strictly(table, ours, refused), rest };
}

/** The first of two passes: only to find where the positionals are. */
function leniently(table: OptionTable, args: readonly string[], refused: RefusedTable) {
  const options = parserOptions(table, refused);
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
}

interface ParserOption {
  type: 'boolean' | 'string';
  short?: string;
  multiple?: boolean;
}

function parserOptions(table: OptionTable, refused: RefusedTable): Record<string, ParserOption> {
  const found: Record<string, ParserOption> = Object.create(null);
  for (const [name, { short, value, multiple, alias = [] }] of Object.entries(table)) {
    const type = value === undefined ? 'boolean' : 'string';
    const each: ParserOption = { type, ...(multiple === undefined ? {} : { multiple }) };
    found[name] = { ...each, ...(short === undefined ? {} : { short }) };
    for (const other of alias) found[other] = each;
  }
  for (const [name, { short, value }] of Object.entries(refused)) {
    found[name] = { type: value ? 'string' : 'boolean', ...(short === undefined ? {} : { short }) };
  }
  return found;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** As the strict parser wants it. */
function spelled({ name, rawName, value, inlineValue }: OptionToken, table: OptionTable): string[] {
  const full = Object.hasOwn(table, name)
    ? name
    : Object.keys(table).find((each) => table[each]?.alias?.includes(name));
  const ours = full === name || full === undefined ? rawName : `--${full}`;
  if (value === undefined) return [ours];
  if (full !== undefined && table[full]?.value === undefined) {
    // As Docker: --rm=false.
    if (/^(true|1)$/.test(value)) return [ours];
    if (/^(false|0)$/.test(value)) return [];
  }
  // A number below 0 is a value, and no option that the user forgot the value before.
  const inline = inlineValue || /^-\d/.test(value);
  return inline ? [`--${full ?? name}=${value}`] : [ours, value];
}

function strictly<T extends OptionTable>(table: T, args: string[], refused: RefusedTable): OptionValues<T> {
  let found: Record<string, unknown>;
  try {
    const options = parserOptions(table, refused);
    found = parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/);
    throw new UsageError(sentence.replace(/\.$/, ''), hintFor(error as Error, table));
  }
  for (const [name, { hint }] of Object.entries(refused)) {
    if (found[name] !== undefined)
      throw new UsageError(`--${name} is an option of Docker that tctl does not have`, hint);
  }
  for (const [name, { env }] of Object.entries(table)) {
    const given = env === undefined ? undefined : process.env[env];
    if (given && found[name] === undefined) found[name] = given;
  }
  return found as OptionValues<T>;
}

function hintFor({ message }: Error, table: OptionTable): string {
  const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1];
  const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(table));
  if (near !== undefined) return `Did you mean --${near}?`;
  return /ambiguous|argument missing/.test(message) ? 'Write --OPTION=VALUE.' : '--help lists the options.';
}
