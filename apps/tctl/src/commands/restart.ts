import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { stopOptions, toStopOptions } from './stop.ts';

export const restartCommand = command({
  usage: 'restart [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Stops containers where they run, and starts them.',
  options: stopOptions,
  operands: { atLeast: 1, atMost: any },
  async run(values, names) {
    const options = toStopOptions(values);
    await cleanUp();
    return forEach(names, async (name) => {
      await (await Container.get(name)).restart(options);
      return name;
    });
  },
});
