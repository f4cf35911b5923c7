import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { attach } from '../table/running.ts';
import { defaultDetachKeys, parseDetachKeys } from '../terminal/detach-keys.ts';
import { attachTo } from './attach-to.ts';

export const attachCommand = command(
  attach,
  async ({ 'detach-keys': keyNames = defaultDetachKeys, 'no-stdin': noStdin = false }, [name = '']) => {
    const keys = parseDetachKeys(keyNames);
    await cleanUp();
    return attachTo(await Container.get(name), { interactive: !noStdin, keys });
  },
);
