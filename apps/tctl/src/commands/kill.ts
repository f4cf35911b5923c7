import { Container } from '@tc/core';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { parseSignal } from '../cli/signals.ts';
import { kill } from '../table/life.ts';

export const killCommand = command(kill, async ({ signal = 'SIGKILL' }, names) => {
  const parsed = parseSignal('signal', signal);
  return forEach(names, async (name) => {
    await (await Container.get(name)).kill(parsed);
    return name;
  });
});
