import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { exitCodeOfError } from '../cli/exit-code.ts';
import { forEach } from '../cli/for-each.ts';
import { UsageError } from '../cli/usage-error.ts';
import { defaultDetachKeys, parseDetachKeys } from '../terminal/detach-keys.ts';
import { attachTo } from './attach-to.ts';
import { needTerminal } from './need-terminal.ts';
import { detachOptions } from './option-groups.ts';

export const startCommand = command({
  usage: 'start [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Starts containers. With -a it shows what one writes, and exits with its exit code.',
  options: {
    attach: { short: 'a', about: 'stay at it: show what it writes' },
    interactive: { short: 'i', about: 'and pass stdin on to it' },
    ...detachOptions,
  },
  operands: { atLeast: 1, atMost: any },
  exitCodeOfError,
  async run({ attach = false, interactive = false, 'detach-keys': keyNames = defaultDetachKeys }, names) {
    const keys = parseDetachKeys(keyNames);
    await cleanUp();
    if (!attach && !interactive) {
      return forEach(names, async (name) => {
        await (await Container.get(name)).start();
        return name;
      });
    }
    const [name = '', ...more] = names;
    if (more.length > 0) throw new UsageError('nobody can sit at several containers at once', 'Name one.');
    const container = await Container.get(name);
    if (interactive && (await container.inspect()).tty) needTerminal();
    const since = new Date();
    await container.start();
    return attachTo(container, { interactive, keys, since });
  },
});
