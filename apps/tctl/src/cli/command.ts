import type { CommandSpec } from '../table/command-spec.ts';
import { helpOption } from '../table/shared-options.ts';
import { exitCodes } from './exit-code.ts';
import { helpText } from './help.ts';
import { reportError } from './near-name.ts';
import { type OptionTable, type OptionValues, parseEverywhere, parseOptions } from './options.ts';
import { writeOut } from './output.ts';
import { outputWidth } from './terminal-width.ts';
import { UsageError } from './usage-error.ts';

/** @returns the exit code. @throws UsageError */
export type Command = (args: readonly string[]) => Promise<number>;

/** `-h` is short for it, unless the command has another use for that letter. */
function withHelp<T extends OptionTable>(options: T): T & typeof helpOption {
  const isTaken = Object.values(options).some(({ short }) => short === 'h');
  return { ...options, help: isTaken ? helpOption.help : { ...helpOption.help, short: 'h' } };
}

/**
 * What all commands have in common: --help, the number of operands, and errors that a person can read.
 * @param exitCodeOfError the exit code for an error; default 1, as Docker's
 */
export function command<const T extends OptionTable>(
  spec: CommandSpec<T>,
  run: (values: OptionValues<T>, operands: readonly string[]) => Promise<number>,
  exitCodeOfError: (error: unknown) => number = () => exitCodes.failed,
): Command {
  const { usage, operands, refused } = spec;
  const { missing = 'container' } = operands;
  const table = withHelp(spec.options);
  const parse = spec.runsCommand ? parseOptions : parseEverywhere;
  return async (args) => {
    const { values, rest } = parse(table, args, refused);
    if (values.help) {
      writeOut(helpText(spec, outputWidth()));
      return 0;
    }
    if (rest.length < operands.atLeast) throw new UsageError(`the ${missing} is missing`, `tctl ${usage}`);
    const extra = rest[operands.atMost];
    if (extra !== undefined)
      throw new UsageError(`${JSON.stringify(extra)} is one argument too many`, `tctl ${usage}`);
    try {
      return await run(values as OptionValues<T>, rest);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      await reportError(error);
      return exitCodeOfError(error);
    }
  };
}
