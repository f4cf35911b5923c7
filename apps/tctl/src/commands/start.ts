import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { exitCodeOfError } from '../cli/exit-code.ts';
import { forEach } from '../cli/for-each.ts';
import { UsageError } from '../cli/usage-error.ts';
import { start } from '../table/running.ts';
import { defaultDetachKeys, parseDetachKeys } from '../terminal/detach-keys.ts';
import { attachTo } from './attach-to.ts';
import { needTerminal } from './need-terminal.ts';

export const startCommand = command(
  start,
  async ({ attach = false, interactive = false, 'detach-keys': keyNames = defaultDetachKeys }, names) => {
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
  exitCodeOfError,
);
