import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { restart } from '../table/life.ts';
import { toStopOptions } from './stop.ts';

export const restartCommand = command(restart, async (values, names) => {
  const options = toStopOptions(values);
  await cleanUp();
  return forEach(names, async (name) => {
    await (await Container.get(name)).restart(options);
    return name;
  });
});
