import { exitCodes } from './exit-code.ts';
import { helpText } from './help.ts';
import { type OptionTable, type OptionValues, parseEverywhere, parseOptions } from './options.ts';
import { writeOut } from './output.ts';
import { printError } from './print-error.ts';
import { UsageError } from './usage-error.ts';

/** @returns the exit code. @throws UsageError */
export type Command = (args: readonly string[]) => Promise<number>;

export interface CommandSpec<T extends OptionTable> {
  /** After `tctl `: `stop [OPTIONS] CONTAINER [CONTAINER...]`. */
  readonly usage: string;
  readonly about: string;
  readonly options: T;
  /** How many operands there must be. */
  readonly operands: { readonly atLeast: number; readonly atMost: number };
  /** What the first operand that is missing is called. */
  readonly missing?: string;
  /** The operands end with the command of a container, whose options are not ours. */
  readonly runsCommand?: true;
  /** The exit code for an error. Default 1, as Docker's. */
  readonly exitCodeOfError?: (error: unknown) => number;
  run(values: OptionValues<T>, operands: readonly string[]): Promise<number>;
}

export const helpOption = { help: { about: 'print this' } } as const satisfies OptionTable;

/** What all commands have in common: --help, the number of operands, and errors that a person can read. */
export function command<const T extends OptionTable>(spec: CommandSpec<T>): Command {
  const { usage, about, options, operands, missing = 'container' } = spec;
  const table = { ...options, ...helpOption };
  const parse = spec.runsCommand ? parseOptions : parseEverywhere;
  return async (args) => {
    const { values, rest } = parse(table, args);
    if (values.help) {
      writeOut(helpText(`tctl ${usage}`, about, table));
      return 0;
    }
    if (rest.length < operands.atLeast) throw new UsageError(`the ${missing} is missing`, `tctl ${usage}`);
    const extra = rest[operands.atMost];
    if (extra !== undefined)
      throw new UsageError(`${JSON.stringify(extra)} is one argument too many`, `tctl ${usage}`);
    try {
      return await spec.run(values as OptionValues<T>, rest);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      printError(error);
      return spec.exitCodeOfError?.(error) ?? exitCodes.failed;
    }
  };
}

export const any = Number.POSITIVE_INFINITY;
