import type { Command } from './command.ts';
import { nearest } from './nearest.ts';
import { writeOut } from './output.ts';
import { UsageError } from './usage-error.ts';

export interface Named {
  readonly about: string;
  readonly run: Command;
}

export type Commands = Readonly<Record<string, Named>>;

/** @param of what they belong to: nothing for tctl's own */
export function find(commands: Commands, name: string, of = ''): Named {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const near = nearest(name, Object.keys(commands));
  const hint =
    near === undefined
      ? `tctl ${of === '' ? '' : `${of} `}--help lists the commands.`
      : `Did you mean ${near}?`;
  throw new UsageError(`${JSON.stringify(name)} is not a command${of === '' ? '' : ` of ${of}`}`, hint);
}

export function list(commands: Commands): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  return Object.entries(commands)
    .map(([name, { about }]) => `  ${name.padEnd(width)}${about}`)
    .join('\n');
}

/** `tctl volume ls`. */
export function subcommands(of: string, about: string, commands: Commands): Command {
  return async ([name = '--help', ...args]) => {
    if (name !== '--help' && name !== '-h') return find(commands, name, of).run(args);
    writeOut(`Usage: tctl ${of} COMMAND [OPTIONS]\n\n${about}\n\n${list(commands)}\n`);
    return 0;
  };
}
