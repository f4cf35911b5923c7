import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';

export const pruneCommand = command({
  usage: 'prune [OPTIONS]',
  about: 'Removes all containers that have ended, and prints their ids. Volumes stay.',
  options: { all: { short: 'a', about: 'those that were never started, too' } },
  operands: { atLeast: 0, atMost: 0 },
  async run({ all = false }) {
    await cleanUp();
    writeOut((await Container.prune({ created: all })).map((id) => `${id}\n`).join(''));
    return 0;
  },
});
