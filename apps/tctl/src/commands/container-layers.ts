/** Where what a container wrote lies, and the layers below. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Container, TcError } from '@tc/core';
import { dataDirectory } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';

export interface ContainerLayers {
  /** What it wrote; undefined where it has written nothing yet. */
  readonly upper: string | undefined;
  /** The topmost first. */
  readonly lower: readonly string[];
  /** What it was made of, as it was named. */
  readonly image: string | undefined;
}

/** @throws TcError CONTAINER_NOT_FOUND, NOTHING_KEPT */
export async function containerLayers(name: string): Promise<ContainerLayers> {
  await cleanUp();
  const { id, options, image } = await (await Container.get(name)).inspect();
  const operation = `read what ${name} wrote`;
  if (options === undefined) throw inMemory(operation);
  const { rootfs } = options;
  if (typeof rootfs === 'string') return { upper: rootfs, lower: [], image };
  const layers = typeof rootfs.path === 'string' ? [rootfs.path] : rootfs.path;
  const { mode = 'rw', upper = 'memory' } = rootfs;
  if (mode === 'rw' || mode === 'ro') return { upper: layers[0], lower: [], image };
  if (mode === 'overlay-ro') return { upper: undefined, lower: layers, image };
  if (upper === 'memory') throw inMemory(operation);
  const directory =
    upper === 'disk' ? join(dataDirectory(), 'containers', id, 'upper') : join(upper.path, 'upper');
  return { upper: existsSync(directory) ? directory : undefined, lower: layers, image };
}

function inMemory(operation: string): TcError {
  return new TcError('that is kept in memory, and goes with it', {
    code: 'NOTHING_KEPT',
    operation,
    hint: 'Make the container with tctl run -d or tctl create, without --rm.',
  });
}
