/**
 * What is said of a command: `--help`, completion, the manual and docs/cli.md are made from it, and the command gets its
 * options from nowhere else. Files of this folder import no command, so that reading them costs next to nothing.
 */
import type { Completion, OptionTable, RefusedTable } from '../cli/options.ts';

export interface Operands {
  /** How many there must be. */
  readonly atLeast: number;
  readonly atMost: number;
  /** What the first one that is missing is called. Default `container`. */
  readonly missing?: string;
  /** What the shell offers for each; the last one goes for all that follow. */
  readonly complete: readonly [Completion, ...Completion[]];
}

export interface Example {
  /** Without `tctl ` in front, unless it is a pipe, which begins with `$ `. */
  readonly line: string;
  readonly about: string;
}

/** By the code: 0, 1, 125, or `128+n`. */
export type ExitCodes = Readonly<Record<string, string>>;

export interface CommandSpec<T extends OptionTable = OptionTable> {
  /** One line without a full stop, for the list of commands. */
  readonly summary: string;
  /** After `tctl `: `stop [OPTIONS] CONTAINER [CONTAINER...]`. */
  readonly usage: string;
  /** Sentences. */
  readonly about: string;
  readonly options: T;
  readonly operands: Operands;
  /** The operands end with the command of a container, whose options are not ours. */
  readonly runsCommand?: true;
  readonly examples: readonly [Example, ...Example[]];
  readonly exitCodes: ExitCodes;
  /** Docker's options that there are not. */
  readonly refused?: RefusedTable;
}

/** One command below another that is the same as one of tctl's own: `tctl container ls`. */
export interface SameCommand {
  readonly sameAs: string;
}

/** `tctl volume`: a command that has commands. */
export interface GroupSpec {
  readonly summary: string;
  readonly about: string;
  readonly commands: Readonly<Record<string, CommandSpec | SameCommand>>;
}

export type Entry = CommandSpec | GroupSpec;

export const isGroup = (entry: Entry): entry is GroupSpec => 'commands' in entry;

export const any = Number.POSITIVE_INFINITY;

export function spec<const T extends OptionTable>(command: CommandSpec<T>): CommandSpec<T> {
  return command;
}

/** Options under one heading of help. */
export function under<const T extends OptionTable>(heading: string, options: T): T {
  const each = Object.entries(options).map(([name, option]) => [name, { ...option, heading }]);
  return Object.fromEntries(each) as T;
}

const unusable = 'the command line makes no sense';

/** What most commands exit with. */
export const usualCodes: ExitCodes = { 0: 'it is done', 1: 'it failed', 125: unusable };

/** Of a command that does something to each of several. */
export const codesForEach: ExitCodes = {
  0: 'it is done, for all of them',
  1: 'it failed for one of them at least',
  125: unusable,
};

/** Of a command that ends as what it runs does. */
export const codesOfCommand: ExitCodes = {
  125: 'tctl itself failed, or the command line makes no sense',
  126: 'the command can’t be executed',
  127: 'the command is not there',
  '128+n': 'signal n ended the command: 137 for SIGKILL, at the memory limit too, or a timeout',
  other: 'the command’s own',
};

export const noOperands: Operands = { atLeast: 0, atMost: 0, complete: ['nothing'] };
