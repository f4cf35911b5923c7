import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { dataDirectory } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';

export const rmCommand = command({
  usage: 'rm [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Removes containers, their logs and what they wrote to disk. Volumes stay.',
  options: { force: { short: 'f', about: 'kill those that run; it is no error where there is none' } },
  operands: { atLeast: 1, atMost: any },
  async run({ force = false }, names) {
    await cleanUp();
    const code = await forEach(names, async (name) => {
      try {
        await (await Container.get(name)).remove({ force });
        return name;
      } catch (error) {
        if (force && (error as { code?: unknown }).code === 'CONTAINER_NOT_FOUND') return undefined;
        throw error;
      }
    });
    // Where there never was one, the store need not be loaded.
    if (existsSync(join(dataDirectory(), 'images/store/copies')))
      await (await import('./images.ts')).imageStore().removeCopies();
    return code;
  },
});
