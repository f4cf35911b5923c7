import { Container } from '@tc/core';
import { any, command } from '../cli/command.ts';
import { exitCodeOf, exitCodes } from '../cli/exit-code.ts';
import { forEach } from '../cli/for-each.ts';

export const waitCommand = command({
  usage: 'wait CONTAINER [CONTAINER...]',
  about: 'Waits until containers have ended, and prints their exit codes.',
  options: {},
  operands: { atLeast: 1, atMost: any },
  run: (_, names) =>
    forEach(names, async (name) => {
      const exit = await (await Container.get(name)).wait();
      return String(exit.reason === 'lost' ? exitCodes.ownError : exitCodeOf(exit));
    }),
});
