import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Container, run } from '@tc/core';
import { ImageStore } from '@tc/images';
import type { Case } from '../interleave.ts';
import { tctlProgram } from '../spawn/tctl.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';
import { usedBytes } from './suite.ts';

export interface RunCases {
  readonly inProcess: readonly Case[];
  readonly commands: readonly Case[];
  readonly image: string;
}

/** From the name of an image, and from a directory with the same files. */
export async function runCases(place: Workplace, tree: string): Promise<RunCases> {
  const image = 'bench';
  const store = new ImageStore();
  await store.import(tree, image);
  const directory = join(place.directory, 'bare');
  mkdirSync(directory);
  execFileSync('tar', ['-xf', tree, '-C', directory]);
  const ended = async (act: Promise<{ exitCode: number | undefined }>) => {
    if ((await act).exitCode !== 0) throw new Error('/bin/true failed');
  };
  const timed = async (act: () => Promise<void>) => {
    const start = performance.now();
    await act();
    return performance.now() - start;
  };
  const quiet = { stdout: 'ignore', stderr: 'ignore' } as const;
  const program = tctlProgram();
  return {
    image,
    inProcess: [
      {
        name: 'a bare directory',
        measure: () => timed(() => ended(run(['/bin/true'], { rootfs: directory, ...quiet }))),
      },
      {
        name: 'the image, by its name',
        measure: () =>
          timed(async () => {
            using used = await store.use(image);
            await ended(run(['/bin/true'], { rootfs: { path: used.layers, mode: 'overlay' }, ...quiet }));
          }),
      },
    ],
    commands: [
      {
        name: '--rootfs DIRECTORY',
        measure: () => timeCommands([[program, 'run', '--rootfs', directory, '/bin/true']]),
      },
      { name: 'IMAGE', measure: () => timeCommands([[program, 'run', image, '/bin/true']]) },
    ],
  };
}

/** What the file system with the image has more in use while one more container of it runs. */
export async function sharedBytes(place: Workplace, image: string): Promise<number> {
  using used = await new ImageStore().use(image);
  const start = async () => {
    const container = await Container.create({
      rootfs: { path: used.layers, mode: 'overlay' },
      command: ['sleep', '1000'],
      name: place.id(),
    });
    await container.start();
    return container;
  };
  await using _ = await start();
  const before = usedBytes(place.dataDirectory);
  await using __ = await start();
  return usedBytes(place.dataDirectory) - before;
}
