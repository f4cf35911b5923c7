import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBelow } from '../logs/descriptors.ts';
import { type Box, filesOf, isRoot, newBox } from './box.ts';

let box: Box;
beforeEach(() => {
  box = newBox();
});
afterEach(() => {
  expect(openBelow(box.directory)).toEqual([]);
  box.remove();
});
const asRoot = it.runIf(isRoot);
const inside = (path: string) => join(box.root, path);
const failure = (code: string) => expect.objectContaining({ code });

describe('reading', () => {
  it('gives bytes, or text', async () => {
    writeFileSync(inside('etc/hosts'), 'localhost ü');
    expect(await box.files.read('/etc/hosts')).toEqual(Buffer.from('localhost ü'));
    expect(await box.files.read('etc/../etc/./hosts', { encoding: 'utf8' })).toBe('localhost ü');
  });

  it('follows links inside the root, never out of it', async () => {
    writeFileSync(inside('etc/secret'), 'inside');
    writeFileSync(join(box.host, 'secret'), 'outside');
    const links = {
      absolute: '/etc/secret',
      up: '../../../../../../etc/secret',
      out: join(box.host, 'secret'),
      relative: 'etc/secret',
      chain: 'up',
      beside: '../host/secret',
      loop: 'loop',
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, inside(name));
    for (const name of ['absolute', 'up', 'relative', 'chain'])
      expect(await box.files.read(name, { encoding: 'utf8' })).toBe('inside');
    for (const name of ['out', 'beside'])
      await expect(box.files.read(name)).rejects.toEqual(failure('ENOENT'));
    await expect(box.files.read('loop')).rejects.toEqual(failure('ELOOP'));
    await expect(box.files.read('/../host/secret')).rejects.toEqual(failure('ENOENT'));
  });

  it('names what failed', async () => {
    await expect(box.files.read('no/such')).rejects.toMatchObject({
      code: 'ENOENT',
      operation: 'read no/such',
      path: '/no/such',
    });
    await expect(box.files.read('')).rejects.toEqual(failure('INVALID_OPTION'));
    await expect(box.files.read('a\0b')).rejects.toEqual(failure('INVALID_OPTION'));
  });

  asRoot('opens nothing but files: a FIFO would block, a device would do something', async () => {
    execFileSync('mkfifo', [inside('fifo')]);
    execFileSync('mknod', [inside('zero'), 'c', '1', '5']);
    for (const name of ['fifo', 'zero', 'etc'])
      await expect(box.files.read(name)).rejects.toEqual(failure('NOT_A_FILE'));
  });

  it('reads no more than is wanted', async () => {
    writeFileSync(inside('large'), '');
    truncateSync(inside('large'), 2 ** 40);
    await expect(box.files.read('large')).rejects.toEqual(failure('TOO_LARGE'));
    truncateSync(inside('large'), 1000);
    expect(await box.files.read('large', { maxBytes: 1000 })).toHaveLength(1000);
    await expect(box.files.read('large', { maxBytes: 999 })).rejects.toEqual(failure('TOO_LARGE'));
  });
});

describe('writing', () => {
  asRoot('makes files, and replaces them with their owner and mode', async () => {
    await box.files.write('/etc/motd', 'one');
    expect(readFileSync(inside('etc/motd'), 'utf8')).toBe('one');
    expect(lstatSync(inside('etc/motd'))).toMatchObject({ mode: 0o100644, uid: 0, gid: 0 });
    execFileSync('chown', ['7:8', inside('etc/motd')]);
    chmodSync(inside('etc/motd'), 0o4750);
    await box.files.write('/etc/motd', Buffer.from('two'));
    expect(lstatSync(inside('etc/motd'))).toMatchObject({ mode: 0o100750, uid: 7, gid: 8 });
    await box.files.write('/etc/motd', 'three', { mode: 0o4711, uid: 1, gid: 2 });
    expect(lstatSync(inside('etc/motd'))).toMatchObject({ mode: 0o104711, uid: 1, gid: 2 });
    expect(readdirSync(inside('etc'))).toEqual(['motd']);
  });

  it('replaces a link instead of writing through it', async () => {
    writeFileSync(join(box.host, 'victim'), 'intact');
    writeFileSync(inside('etc/target'), 'intact');
    symlinkSync(join(box.host, 'victim'), inside('out'));
    symlinkSync('etc/target', inside('in'));
    execFileSync('mkfifo', [inside('fifo')]);
    for (const name of ['out', 'in', 'fifo']) {
      await box.files.write(name, 'new');
      expect(lstatSync(inside(name)).isFile()).toBe(true);
    }
    expect(readFileSync(join(box.host, 'victim'), 'utf8')).toBe('intact');
    expect(readFileSync(inside('etc/target'), 'utf8')).toBe('intact');
  });

  it('goes through links to directories, inside', async () => {
    symlinkSync('/etc', inside('link'));
    symlinkSync(box.host, inside('out'));
    await box.files.write('link/file', 'x');
    expect(readFileSync(inside('etc/file'), 'utf8')).toBe('x');
    await expect(box.files.write('out/file', 'x')).rejects.toEqual(failure('ENOENT'));
    expect(readdirSync(box.host)).toEqual([]);
  });

  it('leaves nothing where it fails', async () => {
    await expect(box.files.write('etc', 'x')).rejects.toEqual(failure('EISDIR'));
    await expect(box.files.write('no/such', 'x')).rejects.toEqual(failure('ENOENT'));
    await expect(box.files.write('/', 'x')).rejects.toEqual(failure('INVALID_OPTION'));
    expect(readdirSync(box.root)).toEqual(['etc', 'tmp']);
  });
});

describe('directories', () => {
  it('are listed with what is in them, itself', async () => {
    writeFileSync(inside('etc/b'), '12345', { mode: 0o640 });
    symlinkSync('/no/where', inside('etc/a'));
    mkdirSync(inside('etc/c'));
    execFileSync('mkfifo', [inside('etc/d')]);
    writeFileSync(Buffer.concat([Buffer.from(inside('etc/')), Buffer.from([0x65, 0xff])]), '');
    const entries = await box.files.list('/etc');
    expect(entries.map(({ name, type, target }) => [name, type, target])).toEqual([
      ['a', 'link', '/no/where'],
      ['b', 'file', undefined],
      ['c', 'directory', undefined],
      ['d', 'FIFO', undefined],
      ['e\ufffd', 'file', undefined],
    ]);
    expect(entries[1]).toMatchObject({
      sizeBytes: 5,
      mode: 0o640,
      uid: 0,
      gid: 0,
      modifiedAt: expect.any(Date),
    });
    await expect(box.files.list('/etc', { maxEntries: 4 })).rejects.toEqual(failure('TOO_LARGE'));
    await expect(box.files.list('/etc/b')).rejects.toEqual(failure('ENOTDIR'));
    await expect(box.files.list('/etc/d')).rejects.toEqual(failure('ENOTDIR'));
  });

  it('are made, with what leads to them', async () => {
    await box.files.mkdir('/var', { mode: 0o700, ...(isRoot && { uid: 3, gid: 4 }) });
    expect(lstatSync(inside('var'))).toMatchObject({ mode: 0o40700, ...(isRoot && { uid: 3, gid: 4 }) });
    await expect(box.files.mkdir('/var')).rejects.toEqual(failure('EEXIST'));
    await expect(box.files.mkdir('/a/b/c')).rejects.toEqual(failure('ENOENT'));
    await box.files.mkdir('/a/b/c', { recursive: true });
    await box.files.mkdir('/a/b/c', { recursive: true });
    expect(lstatSync(inside('a/b/c')).mode).toBe(0o40755);
    symlinkSync('/etc', inside('link'));
    await box.files.mkdir('/link/x/y', { recursive: true });
    expect(readdirSync(inside('etc/x'))).toEqual(['y']);
    symlinkSync(join(box.host, 'x'), inside('out'));
    await expect(box.files.mkdir('/out/y', { recursive: true })).rejects.toEqual(failure('ENOTDIR'));
    expect(readdirSync(box.host)).toEqual([]);
    await box.files.mkdir('/', { recursive: true });
  });

  it('are removed with what is in them, and links are not followed', async () => {
    mkdirSync(inside('a/b/c'), { recursive: true });
    writeFileSync(inside('a/b/file'), '');
    writeFileSync(join(box.host, 'victim'), '');
    symlinkSync(box.host, inside('a/b/out'));
    symlinkSync('/etc', inside('a/etc'));
    await expect(box.files.remove('/a')).rejects.toEqual(failure('ENOTEMPTY'));
    await box.files.remove('/a', { recursive: true });
    await box.files.remove('/a', { recursive: true });
    await expect(box.files.remove('/a')).rejects.toEqual(failure('ENOENT'));
    expect(readdirSync(box.host)).toEqual(['victim']);
    expect(readdirSync(box.root)).toEqual(['etc', 'tmp']);
    symlinkSync('/etc', inside('link'));
    await box.files.remove('/link');
    await box.files.remove('/tmp');
    expect(readdirSync(box.root)).toEqual(['etc']);
  });

  asRoot('are not removed where something is mounted', async () => {
    mkdirSync(inside('a/mounted'), { recursive: true });
    execFileSync('mount', ['--bind', box.host, inside('a/mounted')]);
    try {
      writeFileSync(join(box.host, 'victim'), '');
      await expect(box.files.remove('/a', { recursive: true })).rejects.toEqual(failure('EXDEV'));
      expect(readdirSync(box.host)).toEqual(['victim']);
    } finally {
      execFileSync('umount', [inside('a/mounted')]);
    }
  });

  it('that are nested too deep are left alone', async () => {
    execFileSync('sh', ['-c', 'for i in $(seq 300); do mkdir d && cd d; done'], { cwd: box.root });
    await expect(box.files.remove('/d', { recursive: true })).rejects.toEqual(failure('TOO_DEEP'));
    await expect(box.files.copyOut('/d', join(box.host, 'd'))).rejects.toEqual(failure('TOO_DEEP'));
  });
});

describe('looking at a file', () => {
  it('tells of what a link leads to, or of the link', async () => {
    writeFileSync(inside('etc/file'), 'x');
    symlinkSync('etc/file', inside('link'));
    expect(await box.files.stat('/link')).toMatchObject({ name: 'link', type: 'file', sizeBytes: 1 });
    expect(await box.files.stat('/link', { follow: false })).toMatchObject({
      type: 'link',
      target: 'etc/file',
    });
    expect(await box.files.stat('/')).toMatchObject({ name: '/', type: 'directory' });
    await expect(box.files.stat('/nothing')).rejects.toEqual(failure('ENOENT'));
  });
});

describe('ids', () => {
  asRoot('are the container’s: its user namespace’s', async () => {
    const user = { uidMap: '0 100000 1000\n', gidMap: '0 200000 1000\n', shiftMounts: false };
    const { files, root, remove } = newBox(user);
    await files.write('a', '');
    await files.write('b', '', { uid: 5, gid: 6 });
    expect(lstatSync(join(root, 'a'))).toMatchObject({ uid: 100_000, gid: 200_000 });
    expect(lstatSync(join(root, 'b'))).toMatchObject({ uid: 100_005, gid: 200_006 });
    expect(await files.stat('b')).toMatchObject({ uid: 5, gid: 6 });
    expect(await files.stat('etc')).toMatchObject({ uid: 65534, gid: 65534 });
    await expect(files.write('c', '', { uid: 1000 })).rejects.toEqual(failure('ID_NOT_MAPPED'));
    remove();
  });
});

describe('a root file system that can’t be written to', () => {
  it.each([
    ['read-only', 'ro'],
    ['an overlay that keeps nothing', 'overlay'],
  ] as const)('%s can be read', async (_, mode) => {
    writeFileSync(inside('etc/file'), 'x');
    const files = filesOf({ rootfs: { layers: [box.root], mode, upper: undefined }, user: undefined });
    expect(await files.read('/etc/file', { encoding: 'utf8' })).toBe('x');
    await expect(files.write('/etc/file', 'y')).rejects.toEqual(failure('READ_ONLY'));
    await expect(files.remove('/etc', { recursive: true })).rejects.toEqual(failure('READ_ONLY'));
    await expect(files.mkdir('/x')).rejects.toEqual(failure('READ_ONLY'));
    await expect(files.copyIn(box.host, '/x')).rejects.toEqual(failure('READ_ONLY'));
    await files.copyOut('/etc', join(box.host, 'etc'));
    expect(readdirSync(join(box.host, 'etc'))).toEqual(['file']);
  });

  asRoot('that is an overlay on disk shows all layers, and can be written to', async () => {
    const [lower, upper] = [join(box.directory, 'lower'), join(box.directory, 'upper')];
    for (const path of [lower, join(lower, 'etc'), upper, join(upper, 'upper'), join(upper, 'work')])
      mkdirSync(path);
    writeFileSync(join(lower, 'etc/lower'), 'lower');
    writeFileSync(inside('etc/upper'), 'upper');
    const rootfs = { layers: [box.root, lower] as const, mode: 'overlay', upper } as const;
    const files = filesOf({ rootfs, user: undefined });
    expect((await files.list('/etc')).map(({ name }) => name)).toEqual(['lower', 'upper']);
    await files.write('/etc/lower', 'changed');
    await files.remove('/etc/upper');
    expect(await files.read('/etc/lower', { encoding: 'utf8' })).toBe('changed');
    expect((await files.list('/etc')).map(({ name }) => name)).toEqual(['lower']);
    expect(readFileSync(join(lower, 'etc/lower'), 'utf8')).toBe('lower');
    expect(readdirSync(join(upper, 'upper/etc')).sort()).toEqual(['lower', 'upper']);
    const both = filesOf({ rootfs: { ...rootfs, upper: undefined }, user: undefined });
    expect((await both.list('/etc')).map(({ name }) => name)).toEqual(['lower', 'upper']);
    await expect(both.write('/x', '')).rejects.toEqual(failure('READ_ONLY'));
  });
});

describe('copying', () => {
  const times = { atime: new Date('2020-01-02T03:04:05Z'), mtime: new Date('2021-01-02T03:04:05Z') };
  const tree = (at: string) => {
    mkdirSync(join(at, 'd/e'), { recursive: true });
    writeFileSync(join(at, 'd/file'), 'content', { mode: 0o640 });
    writeFileSync(join(at, 'd/large'), Buffer.alloc(3_000_000, 7));
    writeFileSync(join(at, 'd/e/run'), '#!', { mode: 0o755 });
    chmodSync(join(at, 'd/e/run'), 0o4755);
    symlinkSync('/etc/passwd', join(at, 'd/link'));
    chmodSync(join(at, 'd/e'), 0o750);
    execFileSync('chown', ['-R', '-h', '5:6', join(at, 'd')]);
    chmodSync(join(at, 'd/e/run'), 0o4755);
    execFileSync('touch', [
      '-h',
      '-d',
      times.mtime.toISOString(),
      ...['link', 'file', 'e/run', 'e', ''].map((name) => join(at, 'd', name)),
    ]);
  };
  const counts = { files: 3, directories: 2, links: 1, bytes: 3_000_009, skipped: [] };

  asRoot(
    'keeps modes, times and links, and gives the copy to the caller or to the container’s root',
    async () => {
      tree(box.host);
      expect(await box.files.copyIn(join(box.host, 'd'), '/tmp/copy')).toEqual(counts);
      expect(await box.files.copyOut('/tmp/copy', join(box.host, 'back'))).toEqual(counts);
      for (const at of [inside('tmp/copy'), join(box.host, 'back')]) {
        const stats = (name: string) => lstatSync(join(at, name));
        expect(stats('')).toMatchObject({ uid: 0, gid: 0, mtime: times.mtime });
        expect(stats('e')).toMatchObject({ mode: 0o40750, mtime: times.mtime });
        expect(stats('file')).toMatchObject({ mode: 0o100640, uid: 0, gid: 0, mtime: times.mtime });
        expect(stats('e/run')).toMatchObject({ mode: 0o100755, mtime: times.mtime });
        expect(stats('link')).toMatchObject({ mtime: times.mtime, uid: 0 });
        expect(readlinkSync(join(at, 'link'))).toBe('/etc/passwd');
        expect(readFileSync(join(at, 'large'))).toEqual(Buffer.alloc(3_000_000, 7));
        expect(readdirSync(at)).toEqual(['e', 'file', 'large', 'link']);
      }
    },
  );

  asRoot('keeps owners and setuid bits only where that is asked for', async () => {
    tree(box.host);
    await box.files.copyIn(join(box.host, 'd'), '/d', { preserve: true });
    await box.files.copyOut('/d', join(box.host, 'back'), { preserve: true });
    for (const at of [inside('d'), join(box.host, 'back')]) {
      expect(lstatSync(join(at, 'e/run'))).toMatchObject({ mode: 0o104755, uid: 5, gid: 6 });
      expect(lstatSync(join(at, 'link'))).toMatchObject({ uid: 5, gid: 6 });
      expect(lstatSync(at)).toMatchObject({ uid: 5, gid: 6 });
    }
  });

  it('copies single files, fills directories that are there, and replaces files', async () => {
    writeFileSync(join(box.host, 'file'), 'new');
    writeFileSync(inside('etc/file'), 'old');
    writeFileSync(inside('etc/other'), 'other');
    await box.files.copyIn(join(box.host, 'file'), '/etc/file');
    expect(readFileSync(inside('etc/file'), 'utf8')).toBe('new');
    await expect(box.files.copyIn(join(box.host, 'file'), '/etc')).rejects.toEqual(failure('EISDIR'));
    symlinkSync('/etc', inside('link'));
    mkdirSync(join(box.host, 'd'));
    writeFileSync(join(box.host, 'd/third'), '');
    await box.files.copyIn(join(box.host, 'd'), '/link');
    await box.files.copyIn(join(box.host, 'd'), '/');
    expect(readdirSync(inside('etc'))).toEqual(['file', 'other', 'third']);
    expect(readdirSync(box.root)).toEqual(['etc', 'link', 'third', 'tmp']);
    await box.files.copyOut('/etc', join(box.host, 'd'));
    expect(readdirSync(join(box.host, 'd'))).toEqual(['file', 'other', 'third']);
    await box.files.copyOut('/link/file', join(box.host, 'single'));
    expect(readFileSync(join(box.host, 'single'), 'utf8')).toBe('new');
  });

  asRoot('leaves devices, FIFOs and sockets out, and says so', async () => {
    execFileSync('mkfifo', [inside('etc/fifo')]);
    execFileSync('mknod', [inside('etc/null'), 'c', '1', '3']);
    const { skipped } = await box.files.copyOut('/etc', join(box.host, 'etc'), { preserve: true });
    expect([...skipped].sort()).toEqual(['etc/fifo', 'etc/null']);
    expect(readdirSync(join(box.host, 'etc'))).toEqual([]);
  });

  it('writes through no link of the host', async () => {
    mkdirSync(inside('d/sub'), { recursive: true });
    writeFileSync(inside('d/file'), 'new');
    writeFileSync(inside('d/sub/file'), 'new');
    mkdirSync(join(box.host, 'victim'));
    writeFileSync(join(box.host, 'victim/file'), 'intact');
    mkdirSync(join(box.host, 'there'));
    symlinkSync('../victim/file', join(box.host, 'there/file'));
    symlinkSync('../victim', join(box.host, 'there/sub'));
    await expect(box.files.copyOut('/d', join(box.host, 'there'))).rejects.toEqual(
      failure('NOT_A_DIRECTORY'),
    );
    symlinkSync('victim', join(box.host, 'link'));
    for (const path of ['/d', '/d/file'])
      await expect(box.files.copyOut(path, join(box.host, 'link'))).rejects.toEqual(
        failure('HOST_PATH_IS_A_LINK'),
      );
    expect(readFileSync(join(box.host, 'victim/file'), 'utf8')).toBe('intact');
    expect(readdirSync(join(box.host, 'victim'))).toEqual(['file']);
  });

  it('names the path that is not there, on whichever side it is', async () => {
    const [missing, there] = [join(box.host, 'no/such'), join(box.host, 'there')];
    await expect(box.files.copyIn(missing, '/a')).rejects.toMatchObject({ code: 'ENOENT', path: missing });
    await expect(box.files.copyOut('/etc', missing)).rejects.toMatchObject({ path: join(box.host, 'no') });
    await expect(box.files.copyOut('/nothing', there)).rejects.toMatchObject({ path: '/nothing' });
  });

  it('takes the place of no device, FIFO or socket of the host', async () => {
    mkdirSync(inside('d'));
    writeFileSync(inside('d/file'), 'new');
    symlinkSync('file', inside('d/link'));
    mkdirSync(join(box.host, 'there'));
    const fifo = join(box.host, 'there/link');
    execFileSync('mkfifo', [fifo]);
    for (const [path, target] of [
      ['/d/file', fifo],
      ['/d', join(box.host, 'there')],
    ] as const)
      await expect(box.files.copyOut(path, target)).rejects.toEqual(failure('HOST_PATH_NOT_A_FILE'));
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  asRoot('ends where it gets more than is wanted', async () => {
    tree(box.root);
    writeFileSync(inside('d/huge'), '');
    truncateSync(inside('d/huge'), 2 ** 42);
    const target = join(box.host, 'd');
    await expect(box.files.copyOut('/d', target, { maxBytes: '8m' })).rejects.toEqual(failure('TOO_LARGE'));
    await expect(box.files.copyOut('/d', target, { maxEntries: 2 })).rejects.toEqual(failure('TOO_LARGE'));
    expect(readdirSync(target).some((name) => name.startsWith('.tctl-'))).toBe(false);
  });
});
