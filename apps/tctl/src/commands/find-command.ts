import { unknownCommand } from '../cli/subcommands.ts';
import { UsageError } from '../cli/usage-error.ts';
import { commandTable } from '../table/commands.ts';
import { containerGroup } from '../table/container-group.ts';
import { elsewhere } from '../table/elsewhere.ts';

/** A word that is no command: one of Docker's that there is not, or a typing error. */
export function noSuchCommand(name: string): UsageError {
  const instead = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  if (instead !== undefined)
    return new UsageError(`${name} is a command of Docker that tctl does not have`, instead);
  return unknownCommand(name, Object.keys(commandTable));
}

/** `container ls -a` is `ps -a`. @returns the words without it @throws UsageError */
export function withoutGroup([name = '--help', ...args]: readonly string[]): readonly string[] {
  if (name === '--help' || name === '-h' || name === 'help') return ['help', 'container'];
  const { commands } = containerGroup;
  if (!Object.hasOwn(commands, name)) throw unknownCommand(name, Object.keys(commands), 'container');
  return [commands[name as keyof typeof commands].sameAs, ...args];
}
