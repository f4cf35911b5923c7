import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Container, removeVolume } from '@tc/core';
import { dataDirectory } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { rm } from '../table/life.ts';
import { volumesOf } from './mounted-volumes.ts';

export const rmCommand = command(rm, async ({ force = false, volumes = false }, names) => {
  await cleanUp();
  const code = await forEach(names, async (name) => {
    try {
      const container = await Container.get(name);
      const unnamed = volumes ? await unnamedVolumes(container) : [];
      await container.remove({ force });
      for (const volume of unnamed) await removeUnused(volume);
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
});

/** Those that its image asked for, with names of ours. */
async function unnamedVolumes(container: Container): Promise<string[]> {
  const { options } = await container.inspect();
  return volumesOf(options?.mounts ?? []).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** Another container may mount it too. */
async function removeUnused(volume: string): Promise<void> {
  try {
    await removeVolume(volume);
  } catch (error) {
    const passed = /^VOLUME_(IN_USE|NOT_FOUND)$/.test(String((error as { code?: unknown }).code));
    if (!passed) throw error;
  }
}
