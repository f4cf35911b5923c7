/** The command line as runc has it: options of the whole before the command, its own after it. */
import { readJsonFile } from '@tc/core/oci';
import { TcError } from '@tc/linux';

export type Kind = 'flag' | 'value' | 'list';
export interface Option {
  readonly kind: Kind;
  readonly short?: string;
  readonly about: string;
}
export type Options = Readonly<Record<string, Option>>;

export class Arguments {
  readonly #values = new Map<string, string[]>();
  readonly positional: readonly string[];

  constructor(values: ReadonlyMap<string, string[]>, positional: readonly string[]) {
    this.#values = new Map(values);
    this.positional = positional;
  }

  has(name: string): boolean {
    return this.list(name).length > 0 && this.value(name) !== 'false';
  }

  /** The last one counts. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** @throws TcError USAGE */
  number(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    if (/^\d{1,6}$/.test(text)) return Number(text);
    throw usage(`--${name} takes a number, and not ${JSON.stringify(text)}`);
  }

  /** @throws TcError USAGE */
  id(): string {
    const [id] = this.positional;
    if (id === undefined || id === '') throw usage('it needs the id of a container');
    return id;
  }
}

export function usage(problem: string): TcError {
  const hint = 'tc-runtime --help, and tc-runtime COMMAND --help, list what there is.';
  return new TcError(problem, { code: 'USAGE', operation: 'read the command line', hint });
}

/**
 * Options end with the first word that is none.
 * @returns what was read, and the words from there on as `positional`
 * @throws TcError USAGE
 */
export function parseArguments(words: readonly string[], options: Options): Arguments {
  const values = new Map<string, string[]>();
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const [, given = '', joined] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const name = Object.keys(options).find((each) => each === given || options[each]?.short === given);
    const option = name === undefined ? undefined : options[name];
    if (name === undefined || option === undefined) throw usage(`there is no option ${JSON.stringify(word)}`);
    const value = option.kind === 'flag' ? (joined ?? 'true') : (joined ?? words[++index]);
    if (value === undefined) throw usage(`--${name} needs a value`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return new Arguments(values, words.slice(index));
}

/** @throws TcError USAGE */
export function readJsonOption(name: string, file: string | 0): unknown {
  const hint = `--${name} takes a JSON file.`;
  return readJsonFile(file, { code: 'USAGE', operation: `read --${name}`, hint });
}
