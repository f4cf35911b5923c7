/** An option or a command that is not documented does not compile. */
import { command } from '../../apps/tctl/src/cli/command.ts';
import type { OptionTable, OptionValues } from '../../apps/tctl/src/cli/options.ts';
import { type CommandSpec, noOperands, spec, usualCodes } from '../../apps/tctl/src/table/command-spec.ts';
import type { CommandName } from '../../apps/tctl/src/table/commands.ts';
import type { Equal, Expect } from './equal.ts';

const documented = spec({
  summary: 'Try types',
  usage: 'try [OPTIONS]',
  about: 'Tries types.',
  options: {
    all: { short: 'a', about: 'everything' },
    size: { value: 'SIZE', complete: 'nothing', about: 'how much' },
    label: { value: 'KEY', complete: ['a', 'b'], multiple: true, about: 'one more' },
  },
  operands: noOperands,
  examples: [{ line: 'try -a', about: 'all of it' }],
  exitCodes: usualCodes,
});

export type Values = Expect<
  Equal<
    OptionValues<(typeof documented)['options']>,
    { readonly all?: boolean; readonly size?: string; readonly label?: readonly string[] }
  >
>;

command(documented, async ({ all, size, label }) => (all && size && label ? 0 : 1));

// @ts-expect-error a command gets no option that its table does not have
command(documented, async ({ force }) => (force ? 0 : 1));

export const options = {
  // @ts-expect-error a switch says what it does
  bare: {},
  // @ts-expect-error so does an option with a value
  size: { value: 'SIZE', complete: 'nothing' },
  // @ts-expect-error and what completes its value
  name: { value: 'NAME', about: 'whose' },
  // @ts-expect-error a switch has no value, and so no default
  all: { about: 'everything', default: 'yes' },
} satisfies OptionTable;

const { examples: _, ...withoutExamples } = documented;
// @ts-expect-error a command has an example
export const noExample: CommandSpec = withoutExamples;
// @ts-expect-error one at least
export const emptyExamples: CommandSpec = { ...documented, examples: [] };

const { exitCodes: __, ...withoutCodes } = documented;
// @ts-expect-error and says what it exits with
export const noCodes: CommandSpec = withoutCodes;

/** As main.ts has it. */
type Loaders = Readonly<Record<CommandName, () => void>>;
declare const some: Omit<Loaders, 'ps'>;
// @ts-expect-error a command of the table that nothing runs
export const missing: Loaders = some;
// @ts-expect-error a command that the table does not have
export const undocumented: CommandName = 'frobnicate';
