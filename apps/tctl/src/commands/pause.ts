import { Container } from '@tc/core';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { pause, unpause } from '../table/life.ts';

export const pauseCommand = command(pause, (_, names) =>
  forEach(names, async (name) => {
    await (await Container.get(name)).pause();
    return name;
  }),
);

export const unpauseCommand = command(unpause, (_, names) =>
  forEach(names, async (name) => {
    await (await Container.get(name)).resume();
    return name;
  }),
);
