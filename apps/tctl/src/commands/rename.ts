import { Container } from '@tc/core';
import { command } from '../cli/command.ts';

export const renameCommand = command({
  usage: 'rename CONTAINER NAME',
  about: 'Gives a container another name.',
  options: {},
  operands: { atLeast: 2, atMost: 2 },
  missing: 'container, or its new name,',
  async run(_, [from = '', to = '']) {
    await (await Container.get(from)).rename(to);
    return 0;
  },
});
