import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Container, run } from '@tc/core';
import { ImageStore, type LayerUser } from '@tc/images';
import { beforeEach, describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { killAtRandom, left, startImageChild } from '../support/image-killing.ts';
import { quickMachine } from '../support/installed.ts';
import { newDirectory, newName, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';
import { tarArchive } from '../support/tar-archive.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

async function* bytesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const small = (text: string): AsyncGenerator<Buffer> =>
  bytesOf(tarArchive([{ name: 'file', content: text }]));

function someArchive(): string {
  const path = join(newDirectory(), 'archive.tar');
  const members = Array.from({ length: 150 }, (_, n) => ({
    name: `d${n % 10}/f${n}`,
    content: Buffer.alloc(5000, n),
  }));
  writeFileSync(path, tarArchive(members));
  return path;
}

describe('a process that is killed', () => {
  it(
    'leaves no broken image, wherever that happens, and nothing that a prune does not find',
    async () => {
      const source = someArchive();
      await killAtRandom('import', { source, kills: 30, stays: (store) => store.import(source, 'stays') });
    },
    scaled(200_000),
  );

  it('may have had company: what several add at the same time is there once, and good', async () => {
    const dataDir = newDirectory();
    const archive = someArchive();
    const children = Array.from({ length: 4 }, () => startImageChild(dataDir, archive, 'once'));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const store = new ImageStore({ dataDir });
    expect(readdirSync(join(store.directory, 'layers'))).toHaveLength(1);
    expect(await store.verify()).toEqual([]);
    expect((await store.list()).filter(({ names }) => names.length > 0)).toHaveLength(1);
    await store.prune();
    expect(readdirSync(join(store.directory, 'images'))).toHaveLength(1);
  });
});

describe('a disk that is full', () => {
  it('ends an import with an error that says so, and leaves nothing of it', async () => {
    const dataDir = newDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dataDir]);
    try {
      const store = new ImageStore({ dataDir });
      await store.import(small('fits'), 'small');
      const before = left(store);
      // In the blob, in the unpacked layer, and by too many files.
      for (const bytes of [7, 4, 3]) {
        const archive = bytesOf(tarArchive([{ name: 'big', content: Buffer.alloc(bytes * 2 ** 20, 'x') }]));
        expect(await refusal(store.import(archive, 'big'))).toMatchObject({
          code: 'DATA_DIR_FULL',
          hint: expect.any(String),
        });
        expect(await store.verify()).toEqual([]);
        await store.prune();
        expect(left(store)).toEqual(before);
      }
    } finally {
      execFileSync('umount', [dataDir]);
    }
  });
});

describe('damage', () => {
  async function damaged() {
    const store = new ImageStore({ dataDir: newDirectory() });
    await store.import(
      bytesOf(
        tarArchive([
          { name: 'd/', type: '5' },
          { name: 'd/f', content: 'content' },
          { name: 'l', type: '2', target: 'd' },
        ]),
      ),
      'x',
    );
    const { rootfs, blobs } = await store.get('x');
    return { store, layer: rootfs[0] ?? '', blob: blobs[0]?.digest ?? '' };
  }

  it.each<[string, (layer: string) => void, RegExp]>([
    ['a file is missing', (layer) => rmSync(join(layer, 'd/f')), /"\/d\/f": missing/],
    ['a file is shorter', (layer) => truncateSync(join(layer, 'd/f'), 3), /has 3 bytes/],
    ['a byte is another', (layer) => writeFileSync(join(layer, 'd/f'), 'c0ntent'), /content is another/],
    ['a mode is another', (layer) => chmodSync(join(layer, 'd/f'), 0o4755), /mode is 4755/],
    ['a directory is gone', (layer) => rmSync(join(layer, 'd'), { recursive: true }), /"\/d": missing/],
    [
      'a link leads elsewhere',
      (layer) => execFileSync('ln', ['-sfn', 'other', join(layer, 'l')]),
      /leads elsewhere/,
    ],
  ])('of a layer is found, and repaired from its blob: %s', async (_, damage, detail) => {
    const { store, layer } = await damaged();
    expect(await store.verify()).toEqual([]);
    damage(layer);
    expect(await store.verify('x')).toEqual([
      expect.objectContaining({
        image: 'x:latest',
        kind: 'layer damaged',
        detail: expect.stringMatching(detail),
      }),
    ]);
    expect(await store.repair()).toEqual([]);
    expect(await store.verify()).toEqual([]);
    expect(readFileSync(join(layer, 'd/f'), 'utf8')).toBe('content');
  });

  it('that is a missing layer is repaired as well', async () => {
    const { store, layer } = await damaged();
    rmSync(join(layer, '..'), { recursive: true });
    expect(await store.verify()).toEqual([expect.objectContaining({ kind: 'layer missing' })]);
    expect(await refusal(store.use('x'))).toMatchObject({ code: 'LAYER_MISSING' });
    expect(await store.repair()).toEqual([]);
    expect(await store.verify()).toEqual([]);
  });

  it('of a blob is told, and the next import of the same puts it right', async () => {
    const { store, blob } = await damaged();
    const path = join(store.directory, 'blobs/sha256', blob.slice(7));
    writeFileSync(path, 'spoilt');
    expect(await store.verify()).toEqual([expect.objectContaining({ kind: 'blob damaged', digest: blob })]);
    expect(await store.repair()).toEqual([expect.objectContaining({ kind: 'blob damaged' })]);
    expect(existsSync(path)).toBe(false);
    expect(await store.verify()).toEqual([expect.objectContaining({ kind: 'blob missing' })]);
  });
});

describe('an image that is in use', () => {
  const withContainers = (): Promise<LayerUser[]> =>
    Container.list().then((all) =>
      all.map(({ name, options, rootfs }) => {
        const path = typeof options?.rootfs === 'object' ? options.rootfs.path : rootfs;
        return { name, layers: typeof path === 'string' ? [path] : path };
      }),
    );

  it('is not removed under a container, running or not, and goes with it', async () => {
    const store = new ImageStore({ dataDir: newDirectory(), users: withContainers });
    await store.import(hostRoot, 'x');
    const { rootfs, digest } = await store.get('x');
    const name = newName();
    const container = await Container.create({
      rootfs: { path: rootfs, mode: 'overlay' },
      name,
      command: ['cat', '/etc/passwd'],
    });
    try {
      expect(await refusal(store.remove('x'))).toMatchObject({
        code: 'IMAGE_IN_USE',
        message: expect.stringContaining(name),
      });
      expect(await store.remove('x', { force: true })).toMatchObject({ removed: false });
      expect((await store.prune({ all: true })).images).toEqual([]);
      await container.start();
      expect(await container.wait()).toMatchObject({ exitCode: 0 });
    } finally {
      await container.remove({ force: true });
    }
    expect((await store.prune()).images).toEqual([digest]);
    expect(left(store)).toEqual([]);
  });

  it('stays as long as a process holds it', async () => {
    const store = new ImageStore({ dataDir: newDirectory() });
    await store.import(small('x'), 'x');
    {
      using used = await store.use('x');
      expect(await store.remove('x')).toMatchObject({ removed: false });
      expect((await store.prune({ all: true })).images).toEqual([]);
      expect(statSync(used.layers[0] ?? '').isDirectory()).toBe(true);
    }
    expect((await store.prune()).images).toHaveLength(1);
  });

  it('has its files for all containers once, and each starts at once', async () => {
    const store = new ImageStore({ dataDir: newDirectory() });
    await store.import(hostRoot, 'x');
    const { rootfs } = await store.get('x');
    const size = () =>
      Number(execFileSync('du', ['-s', store.directory], { encoding: 'utf8' }).split('\t')[0]);
    const before = size();
    for (let turn = 0; turn < 3; turn += 1) {
      const result = await run(['sh', '-c', 'echo $0 > /etc/own; cat /etc/own', `${turn}`], {
        rootfs: { path: rootfs, mode: 'overlay' },
        name: newName(),
      });
      expect(result.stdout).toBe(`${turn}\n`);
    }
    expect(size()).toBe(before);
  });
});

describe('the directory of the store', () => {
  it('is for its owner alone, and the one above as the umask says', async () => {
    const dataDir = newDirectory();
    const store = new ImageStore({ dataDir });
    await store.import(small('x'));
    expect(statSync(store.directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(store.directory, '..')).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it('can be used by the root of a user namespace all the same', async (context) => {
    requires(context, usualIdMap);
    const store = new ImageStore({ dataDir: newDirectory() });
    await store.import(hostRoot, 'x');
    const { rootfs } = await store.get('x');
    const options = { rootfs: { path: rootfs, mode: 'overlay' }, namespaces: { user: true } } as const;
    expect(
      await output('cat /proc/self/uid_map | tr -s " " | cut -d" " -f3; stat -c %u /etc', options),
    ).toMatch(/^[1-9]\d+\n0\n$/);
  });
});

describe('names and ids', () => {
  it('lead to an image, also shortened, and say so where they lead to several or none', async () => {
    const store = new ImageStore({ dataDir: newDirectory() });
    const one = await store.import(small('1'), 'one:1');
    await store.import(small('2'), 'two');
    await store.tag('one:1', 'localhost:5000/also/one');
    expect((await store.get('one:1')).names).toEqual([
      'docker.io/library/one:1',
      'localhost:5000/also/one:latest',
    ]);
    for (const text of [one.id, one.id.slice(7), one.id.slice(7, 19), one.digest, `one@${one.digest}`])
      expect((await store.get(text)).id).toBe(one.id);
    for (const text of ['one', 'one:2', 'zzz', 'ffff0000ffff', '..', '../../etc'])
      expect(await refusal(store.get(text))).toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    await store.tag('two', 'one:1');
    expect((await store.get('one:1')).id).not.toBe(one.id);
    expect((await store.list()).map(({ names }) => names.length).sort()).toEqual([1, 2]);
    expect((await store.list()).map(({ uniqueBytes }) => uniqueBytes)).toEqual([1, 1]);
  });

  it('of a layer that two images share count it once', async () => {
    const store = new ImageStore({ dataDir: newDirectory() });
    await store.import(small('same'), 'a', { settings: { cmd: ['1'] } });
    await store.import(small('same'), 'b', { settings: { cmd: ['2'] } });
    expect((await store.list()).map(({ bytes, uniqueBytes }) => [bytes, uniqueBytes])).toEqual([
      [4, 0],
      [4, 0],
    ]);
    await store.remove('a');
    expect((await store.list()).map(({ bytes, uniqueBytes }) => [bytes, uniqueBytes])).toEqual([[4, 4]]);
    expect(await store.verify()).toEqual([]);
  });
});
