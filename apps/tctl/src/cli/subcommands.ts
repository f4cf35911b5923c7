import type { GroupSpec } from '../table/command-spec.ts';
import type { Command } from './command.ts';
import { groupHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { writeOut } from './output.ts';
import { outputWidth } from './terminal-width.ts';
import { UsageError } from './usage-error.ts';

/** `tctl volume ls`: all commands of the group, and no others. */
export function subcommands<const G extends GroupSpec>(
  of: string,
  group: G,
  commands: { readonly [K in keyof G['commands']]: Command },
): Command {
  return async ([name = '--help', ...args]) => {
    if (name === '--help' || name === '-h' || name === 'help') {
      writeOut(groupHelp(of, group, outputWidth()));
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name as keyof G['commands']] : undefined;
    if (command !== undefined) return command(args);
    throw unknownCommand(name, Object.keys(commands), of);
  };
}

/** @param of what they belong to: nothing for tctl's own */
export function unknownCommand(name: string, names: readonly string[], of = ''): UsageError {
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? `tctl ${of === '' ? '' : `${of} `}--help lists the commands.`
      : `Did you mean ${near}?`;
  return new UsageError(`${JSON.stringify(name)} is not a command${of === '' ? '' : ` of ${of}`}`, hint);
}
