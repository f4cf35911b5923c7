import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ImageStore } from '@tc/images';
import { beforeEach, describe, expect, it } from 'vitest';
import { killAtRandom, left } from '../support/image-killing.ts';
import { installed, quickMachine } from '../support/installed.ts';
import { newDirectory, watchLeftovers } from '../support/kernel.ts';
import { startRegistry } from '../support/registry.ts';
import { requires } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

const anonymous = { credentials: 'anonymous' } as const;

/** A tree of 2 MB in 80 files that no compression makes smaller. */
function someTree(): string {
  const root = newDirectory();
  for (let n = 0; n < 80; n += 1) {
    mkdirSync(join(root, `d${n % 8}`), { recursive: true });
    writeFileSync(join(root, `d${n % 8}/f${n}`), randomBytes(25_000));
  }
  return root;
}

/** A store with `of-three:1`, an image of three layers. */
async function withImage(name: string): Promise<ImageStore> {
  const store = new ImageStore({ dataDir: newDirectory() });
  await store.import(someTree(), 'one');
  await store.commit([someTree(), ...(await store.get('one')).rootfs], 'two');
  await store.commit([someTree(), ...(await store.get('two')).rootfs], name);
  return store;
}

describe('kill -9 leaves no broken image, and nothing that a prune does not find, wherever it comes in a', () => {
  it(
    'pull',
    async (context) => {
      requires(context, installed('docker-registry'));
      await using registry = await startRegistry(newDirectory());
      const source = `${registry.host}/me/three:1`;
      const below = `${registry.host}/me/two:1`;
      const from = await withImage(source);
      await from.push(source, undefined, anonymous);
      await from.push('two', below, anonymous);
      await killAtRandom('pull', { source, kills: 30, stays: (store) => store.pull(below, anonymous) });
    },
    scaled(200_000),
  );

  it(
    'load',
    async () => {
      const source = join(newDirectory(), 'three.tar');
      const from = await withImage('three');
      await pipeline(from.save(['three']), createWriteStream(source));
      const stays = (store: ImageStore) => store.load(from.save(['two']));
      await killAtRandom('load', { source, kills: 15, stays });
    },
    scaled(200_000),
  );

  it(
    'commit',
    async () => {
      const source = someTree();
      await killAtRandom('commit', { source, kills: 15, stays: (store) => store.import(source, 'stays') });
    },
    scaled(200_000),
  );
});

describe('a disk that is full leaves nothing of what did not fit, wherever that is noticed, of a', () => {
  /** @param act makes an image, and throws where it does not fit @param turns how often */
  async function onSmallDisks(act: (store: ImageStore) => Promise<unknown>, turns: number): Promise<void> {
    const dataDir = newDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dataDir]);
    const resize = (bytes: number) =>
      execFileSync('mount', ['-o', `remount,size=${Math.ceil(bytes)}`, dataDir]);
    const used = () => {
      const { bsize, blocks, bfree } = statfsSync(dataDir);
      return (blocks - bfree) * bsize;
    };
    try {
      const store = new ImageStore({ dataDir });
      await act(store);
      const needed = used();
      await store.prune({ all: true });
      const empty = used();
      const ends: string[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        resize(empty + Math.max(1, Math.random() * (needed - empty)));
        const end = await act(store).then(
          () => 'fits',
          (error: { code?: string; hint?: string }) => (error.hint === undefined ? 'no hint' : error.code),
        );
        ends.push(String(end));
        expect(await store.verify()).toEqual([]);
        resize(64 * 2 ** 20);
        await store.prune({ all: true });
        expect(left(store)).toEqual([]);
      }
      expect([...new Set(ends)].filter((end) => end !== 'fits')).toEqual(['DATA_DIR_FULL']);
      expect(await act(store)).toBeDefined();
      expect(await store.verify()).toEqual([]);
    } finally {
      execFileSync('umount', [dataDir]);
    }
  }

  it(
    'pull',
    async (context) => {
      requires(context, installed('docker-registry'));
      await using registry = await startRegistry(newDirectory());
      const name = `${registry.host}/me/three:1`;
      await (await withImage(name)).push(name, undefined, anonymous);
      await onSmallDisks((store) => store.pull(name, anonymous), 25);
    },
    scaled(100_000),
  );

  it(
    'load',
    async () => {
      const archive = join(newDirectory(), 'three.tar');
      await pipeline((await withImage('three')).save(['three']), createWriteStream(archive));
      await onSmallDisks((store) => store.load(archive), 10);
    },
    scaled(100_000),
  );

  it(
    'commit',
    async () => {
      const tree = someTree();
      await onSmallDisks((store) => store.commit([tree], 'of-a-tree'), 10);
    },
    scaled(100_000),
  );
});
