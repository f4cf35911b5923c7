import { Container } from '@tc/core';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { parseSignal } from '../cli/signals.ts';

export const killCommand = command({
  usage: 'kill [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Kills containers, or sends their first process a signal.',
  options: { signal: { short: 's', value: 'SIGNAL', about: 'default SIGKILL, which ends all of it' } },
  operands: { atLeast: 1, atMost: any },
  async run({ signal = 'SIGKILL' }, names) {
    const parsed = parseSignal('signal', signal);
    return forEach(names, async (name) => {
      await (await Container.get(name)).kill(parsed);
      return name;
    });
  },
});
