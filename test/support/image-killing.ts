/** Stores of images whose processes are killed, and what has to be true of them afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ImageStore } from '@tc/images';
import { expect } from 'vitest';
import type { ImageAct } from './image-child.ts';
import { newDirectory } from './kernel.ts';
import { slowness } from './scale.ts';

export function startImageChild(dataDir: string, source: string, act: ImageAct | 'once'): ChildProcess {
  const script = fileURLToPath(new URL('./image-child.ts', import.meta.url));
  const args = ['--conditions=tc-source', '--no-warnings', script, dataDir, source, act];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Everything that a store has. */
export const left = (store: ImageStore): string[] =>
  ['blobs/sha256', 'layers', 'images', 'names', 'ingest'].flatMap((name) =>
    readdirSync(join(store.directory, name)).map((each) => `${name}/${each}`),
  );

/**
 * Has a process do something again and again, and kills it, again and again.
 * @param stays makes an image beforehand that has parts of the other, and has to stay good
 */
export async function killAtRandom(
  act: ImageAct,
  { source, kills, stays }: { source: string; kills: number; stays: (store: ImageStore) => Promise<unknown> },
): Promise<void> {
  const dataDir = newDirectory();
  const store = new ImageStore({ dataDir });
  await stays(store);
  const count = slowness > 1 ? Math.ceil(kills / 5) : kills;
  let seen = 0;
  let unfinished = 0;
  let before = 0;
  let turnMs = 0;
  for (let turn = 0; turn < count; turn += 1) {
    const child = startImageChild(dataDir, source, act);
    const output = child.stdout as NonNullable<typeof child.stdout>;
    await once(output, 'data');
    const start = performance.now();
    // How long it takes is seen in the first turn, which is let go on to its end; each third kill has it go on so, too.
    if (turn % 3 === 0) await once(output, 'data');
    if (turn === 0) turnMs = performance.now() - start;
    await sleep(Math.random() * turnMs);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await store.verify()).toEqual([]);
    const images = await store.list();
    expect(images.length).toBeGreaterThan(0);
    seen += images.length > 1 ? 1 : 0;
    const leftovers = readdirSync(join(store.directory, 'ingest')).length;
    unfinished += leftovers > before ? 1 : 0;
    before = leftovers;
    for (const { names, layers } of images)
      for (const name of names) expect((await store.get(name)).rootfs).toHaveLength(layers.length);
  }
  console.log(
    `${act}: killed ${count} times; ${unfinished} times something was unfinished; ${seen} times there was another image, and it was good`,
  );
  await store.prune({ all: true });
  expect(left(store)).toEqual([]);
}
