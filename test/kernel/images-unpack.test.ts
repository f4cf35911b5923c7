import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  createWriteStream,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { exportTree, ImageStore } from '@tc/images';
import { getXattr, setXattr } from '@tc/linux';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newDirectory, output, watchLeftovers } from '../support/kernel.ts';
import { fileSystem, requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { type Member, tarArchive } from '../support/tar-archive.ts';

watchLeftovers();

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const layerOf = async (
  bytes: Buffer | string,
  store = new ImageStore({ dataDir: newDirectory() }),
): Promise<string> => {
  const { digest } = await store.import(typeof bytes === 'string' ? bytes : once(bytes));
  return (await store.get(digest)).rootfs[0] ?? '';
};

/** A tree with one of everything. */
function oddTree(): string {
  const root = newDirectory();
  const at = (name: string) => join(root, name);
  mkdirSync(at('dir'), { mode: 0o750 });
  chmodSync(at('dir'), 0o2750);
  writeFileSync(at('dir/file'), 'content');
  chownSync(at('dir/file'), 1234, 70_000_000);
  writeFileSync(at('setuid'), '#!');
  chownSync(at('setuid'), 7, 8);
  chmodSync(at('setuid'), 0o4755);
  linkSync(at('dir/file'), at('hard'));
  symlinkSync('dir/file', at('soft'));
  symlinkSync('/nowhere/'.repeat(30), at('long-target'));
  mkdirSync(at('sticky'), { mode: 0o777 });
  chmodSync(at('sticky'), 0o1777);
  execFileSync('mkfifo', [at('pipe')]);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe, 0x41])]), 'no UTF-8');
  writeFileSync(at('ünïcödé'), 'UTF-8');
  mkdirSync(at(`deep/${'component-of-a-long-path/'.repeat(8)}`), { recursive: true });
  writeFileSync(at(`deep/${'component-of-a-long-path/'.repeat(8)}${'n'.repeat(200)}`), 'far down');
  writeFileSync(at('sparse'), '');
  truncateSync(at('sparse'), 5_000_000);
  const fd = openSync(at('sparse'), 'r+');
  writeSync(fd, 'in the middle', 2_000_000);
  writeSync(fd, 'near the end', 4_500_000);
  closeSync(fd);
  writeFileSync(at('empty'), '');
  writeFileSync(at('old'), '');
  utimesSync(at('old'), 86_400, 86_400);
  // cap_setuid=ep: 0x80, which is no UTF-8
  setXattr(
    at('setuid'),
    'security.capability',
    Buffer.from('0100000280000000000000000000000000000000', 'hex'),
  );
  return root;
}

/** What GNU tar says to the difference: nothing where there is none. */
function same(archive: string, directory: string): string {
  const args = ['--compare', '--numeric-owner', '--xattrs', '-f', archive, '-C', directory];
  const { stdout, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  return stdout + stderr;
}

describe('what GNU tar packs', () => {
  it.each([
    ['gnu', []],
    ['gnu', ['--sparse']],
    ['pax', ['--xattrs', '--xattrs-include=*']],
    ['pax', ['--sparse', '--sparse-version=1.0']],
    ['pax', ['--sparse', '--sparse-version=0.1']],
    ['pax', ['--sparse', '--sparse-version=0.0']],
  ])('is unpacked bit for bit: format %s %j', async (format, options) => {
    const tree = oddTree();
    const archive = join(newDirectory(), 'tree.tar');
    execFileSync('tar', [
      '-c',
      '--numeric-owner',
      `--format=${format}`,
      ...options,
      '-f',
      archive,
      '-C',
      tree,
      '.',
    ]);
    const layer = await layerOf(archive);
    expect(same(archive, layer)).toBe('');
    expect(statSync(join(layer, 'hard')).ino).toBe(statSync(join(layer, 'dir/file')).ino);
    expect(readFileSync(join(layer, 'sparse')).equals(readFileSync(join(tree, 'sparse')))).toBe(true);
    if (options.includes('--sparse'))
      expect(statSync(join(layer, 'sparse')).blocks * 512).toBeLessThan(1_000_000);
    if (options.includes('--xattrs')) {
      const capability = getXattr(join(layer, 'setuid'), 'security.capability')?.toString('hex');
      expect(capability).toBe('0100000280000000000000000000000000000000');
    }
    if (format === 'pax') {
      expect(lstatSync(join(layer, 'dir/file'), { bigint: true }).mtimeNs).toBe(
        lstatSync(join(tree, 'dir/file'), { bigint: true }).mtimeNs,
      );
    }
  });

  it('is the same from a directory, gzip and zstd', async () => {
    const tree = oddTree();
    const archive = join(newDirectory(), 'tree.tar');
    execFileSync('tar', [
      '-c',
      '--format=pax',
      '--xattrs',
      '--xattrs-include=*',
      '-f',
      archive,
      '-C',
      tree,
      '.',
    ]);
    const bytes = readFileSync(archive);
    for (const source of [
      tree,
      gzipSync(bytes),
      Buffer.concat([gzipSync(bytes.subarray(0, 777)), gzipSync(bytes.subarray(777))]),
      zstdCompressSync(bytes),
    ])
      expect(same(archive, await layerOf(source))).toBe('');
    // What we pack ourselves has the holes, too, and others can read it.
    const layer = await layerOf(tree);
    expect(statSync(join(layer, 'sparse')).blocks * 512).toBeLessThan(1_000_000);
    const ours = join(newDirectory(), 'ours.tar');
    await pipeline(exportTree([tree]), createWriteStream(ours));
    expect(statSync(ours).size).toBeLessThan(1_000_000);
    expect(same(ours, tree)).toBe('');
    const other = newDirectory();
    execFileSync('tar', ['-x', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-f', ours, '-C', other]);
    expect(same(archive, other)).toBe('');
  });
});

describe('layers on each other', () => {
  /** A tmpfs has no attributes of users before Linux 6.6; a disk has. */
  const onDisk = process.env['VM_SCRATCH'];

  /** One image for each, and their layers as one root file system, the last on top. */
  async function stacked(...archives: readonly Member[][]) {
    const directory = onDisk === undefined ? newDirectory() : mkdtempSync(join(onDisk, 'layers-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const store = new ImageStore({ dataDir: directory });
    const layers: string[] = [];
    for (const members of archives) layers.unshift(await layerOf(tarArchive(members), store));
    return { path: [...layers, hostRoot], mode: 'overlay' } as const;
  }

  const lower: Member[] = [
    { name: 'srv/', type: '5' },
    { name: 'srv/a/', type: '5' },
    { name: 'srv/a/one', content: '1' },
    { name: 'srv/b/', type: '5' },
    { name: 'srv/b/two', content: '2' },
    { name: 'srv/c', content: '3' },
  ];

  it.each([
    ['root', undefined],
    ['a user namespace', 'self'],
  ] as const)('hide what whiteouts and opaque directories say, for %s', async (_, user) => {
    const upper: Member[] = [
      { name: 'srv/', type: '5' },
      { name: 'srv/.wh.c' },
      { name: 'srv/.wh.never-there' },
      { name: 'srv/a/', type: '5' },
      { name: 'srv/a/.wh..wh..opq' },
      { name: 'srv/a/new', content: 'n' },
      { name: 'srv/.wh.b' },
      { name: 'srv/b/', type: '5' },
      { name: 'srv/b/fresh', content: 'f' },
    ];
    const rootfs = await stacked(lower, upper);
    const options = { rootfs, ...(user && { namespaces: { user } }) };
    expect(await output('cd /srv; find . | sort', options)).toBe('.\n./a\n./a/new\n./b\n./b/fresh\n');
  });

  it('are known where they would not do so in a user namespace', async () => {
    const store = new ImageStore({ dataDir: newDirectory() });
    const opaque: Member[] = [{ name: 'srv/a/', type: '5' }, { name: 'srv/a/.wh..wh..opq' }];
    const names = ['below', 'above'];
    for (const [index, members] of [lower, opaque].entries())
      await store.import(once(tarArchive(members)), names[index]);
    const [below = ''] = (await store.get('below')).rootfs;
    const [above = ''] = (await store.get('above')).rootfs;
    let usersHaveAttributes = true;
    try {
      setXattr(newDirectory(), 'user.overlay.opaque', Buffer.from('y'));
    } catch {
      usersHaveAttributes = false;
    }
    // `commit` takes what overlayfs wrote; this is the same as a whole image of two layers.
    await store.commit([above, below], 'two', { below: 'below' });
    using used = await store.use('two');
    expect(used.layers).toHaveLength(2);
    expect(used.opaqueForRootAlone).toBe(!usersHaveAttributes);
    using copy = await store.copy('two');
    expect(readdirSync(join(copy.path, 'srv')).sort()).toEqual(['a', 'b', 'c']);
    expect(readdirSync(join(copy.path, 'srv/a'))).toEqual([]);
  });

  it('do so wherever in the archive a whiteout stands', async (context) => {
    requires(context, fileSystem('overlay'));
    const upper: Member[] = [
      { name: 'srv/b/', type: '5' },
      { name: 'srv/b/fresh', content: 'f' },
      { name: 'srv/c', content: 'again' },
      { name: 'srv/.wh.b' },
      { name: 'srv/.wh.c' },
      { name: 'srv/a/new' },
      { name: 'srv/a/.wh..wh..opq' },
    ];
    const rootfs = await stacked(lower, upper);
    expect(await output('cd /srv; find . | sort; cat c', { rootfs })).toBe(
      '.\n./a\n./a/new\n./b\n./b/fresh\n./c\nagain',
    );
  });
});
