import { Container } from '@tc/core';
import { command } from '../cli/command.ts';
import { rename } from '../table/life.ts';

export const renameCommand = command(rename, async (_, [from = '', to = '']) => {
  await (await Container.get(from)).rename(to);
  return 0;
});
