import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { defaultDetachKeys, parseDetachKeys } from '../terminal/detach-keys.ts';
import { attachTo } from './attach-to.ts';
import { detachOptions } from './option-groups.ts';

export const attachCommand = command({
  usage: 'attach [OPTIONS] CONTAINER',
  about: `Shows what a running container writes from now on, and passes stdin and signals on to it. Exits with its exit
code. The detach keys leave it to itself. Several may sit at one container.`,
  options: { ...detachOptions, 'no-stdin': { about: 'only look' } },
  operands: { atLeast: 1, atMost: 1 },
  async run({ 'detach-keys': keyNames = defaultDetachKeys, 'no-stdin': noStdin = false }, [name = '']) {
    const keys = parseDetachKeys(keyNames);
    await cleanUp();
    return attachTo(await Container.get(name), { interactive: !noStdin, keys });
  },
});
