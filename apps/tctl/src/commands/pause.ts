import { Container } from '@tc/core';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';

const operands = { atLeast: 1, atMost: any };

export const pauseCommand = command({
  usage: 'pause CONTAINER [CONTAINER...]',
  about: 'Stops all processes of containers where they are.',
  options: {},
  operands,
  run: (_, names) =>
    forEach(names, async (name) => {
      await (await Container.get(name)).pause();
      return name;
    }),
});

export const unpauseCommand = command({
  usage: 'unpause CONTAINER [CONTAINER...]',
  about: 'Lets paused containers go on.',
  options: {},
  operands,
  run: (_, names) =>
    forEach(names, async (name) => {
      await (await Container.get(name)).resume();
      return name;
    }),
});
