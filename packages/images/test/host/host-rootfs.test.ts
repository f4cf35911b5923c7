import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HostRootfs, hostRootfs } from '../../src/host/host-rootfs.ts';
import { hostTrees } from '../../src/host/host-trees.ts';
import { listTree } from '../support/list-tree.ts';
import { makeElf } from '../support/make-elf.ts';
import { useScratch } from '../support/scratch.ts';
import { makeToolDirectory } from '../support/tool-directory.ts';

const scratch = useScratch();
const tools = ['sh', 'cat', 'ls'];
const hostPrograms = { sh: '/bin/sh', cat: '/bin/cat', ls: '/bin/ls' };
const privatePath = () => makeToolDirectory(join(scratch(), 'bin'), hostPrograms);

/** All that should be the same in every build, as lines that a failed test shows well. */
function listing(root: string): string[] {
  return listTree(root).map(({ path, stats }) => {
    const size = stats.isDirectory() ? 0 : stats.size;
    return `${path} ${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${size} ${stats.mtimeMs}`;
  });
}

describe('the image of this host', () => {
  let image: HostRootfs;
  beforeAll(async () => {
    image = await hostRootfs({ dataDir: scratch() });
  }, 30_000);

  it('lies under the data directory by its digest', () => {
    expect(image.path).toMatch(new RegExp(`/images/host/${image.digest.replace('sha256:', '')}/rootfs$`));
    expect(image.cached).toBe(false);
  });

  it('is one of the trees that there are', () => {
    const [dataDir] = image.path.split('/images/host/');
    expect(hostTrees(dataDir)).toEqual([image.path]);
    expect(hostTrees(join(scratch(), 'nowhere'))).toEqual([]);
  });

  it('has a shell and the tools of every day, and says what is missing', () => {
    expect(image.tools).toEqual(expect.arrayContaining(['sh', 'ls', 'cat', 'grep', 'sed', 'sleep']));
    expect(image.tools.filter((name) => image.missing.includes(name))).toEqual([]);
    for (const name of image.tools) {
      const places = [`usr/bin/${name}`, `usr/sbin/${name}`].map((path) => join(image.path, path));
      expect(
        places.some((path) => existsSync(path)),
        name,
      ).toBe(true);
    }
  });

  it('counts its files and bytes, and stays small', () => {
    const files = listTree(image.path).filter(({ stats }) => stats.isFile());
    expect(image.files).toBe(files.length);
    expect(image.bytes).toBe(files.reduce((sum, { stats }) => sum + stats.size, 0));
    expect(image.files).toBeLessThan(350);
  });

  it('has the mount points and directories that a container needs', () => {
    for (const path of ['proc', 'sys', 'dev/pts', 'dev/shm', 'run', 'home', 'mnt', 'opt', 'srv', 'etc']) {
      expect(statSync(join(image.path, path)).mode & 0o7777, path).toBe(0o755);
    }
    expect(statSync(join(image.path, 'tmp')).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(image.path, 'var/tmp')).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(image.path, 'root')).mode & 0o7777).toBe(0o700);
    expect(readlinkSync(join(image.path, 'bin'))).toBe('usr/bin');
  });

  it('has plain modes, one owner and no set-user-ID bit', () => {
    const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
    for (const { path, stats } of listTree(image.path)) {
      expect([stats.uid, stats.gid]).toEqual([uid, gid]);
      expect(stats.mode & 0o6000, path).toBe(0);
      if (stats.isFile()) expect([0o755, 0o644], path).toContain(stats.mode & 0o7777);
    }
  });

  it('shares no inode with the host', () => {
    const files = listTree(image.path).filter(({ stats }) => stats.isFile());
    expect(files.filter(({ stats }) => stats.nlink !== 1)).toEqual([]);
    expect(statSync(join(image.path, 'bin/sh')).ino).not.toBe(statSync('/bin/sh').ino);
  });

  it('has users of its own, and none of the secrets of the host', () => {
    expect(readFileSync(join(image.path, 'etc/passwd'), 'utf8')).toMatch(/^root:x:0:0:/);
    expect(readFileSync(join(image.path, 'etc/os-release'), 'utf8')).toContain('ID=tctl-host\n');
    expect(existsSync(join(image.path, 'etc/shadow'))).toBe(false);
  });

  it('comes from the cache the second time', async () => {
    const dataDir = join(image.path, '../../../..');
    const before = listing(dataDir);
    const again = await hostRootfs({ dataDir });
    expect(again).toEqual({ ...image, cached: true });
    expect(listing(dataDir)).toEqual(before);
  });

  it('comes out the same in another place', async () => {
    const other = await hostRootfs({ dataDir: scratch() });
    expect(other.digest).toBe(image.digest);
    expect(other.path).not.toBe(image.path);
    expect(listing(other.path)).toEqual(listing(image.path));
  });

  it('is built once for calls at the same time', async () => {
    const dataDir = scratch();
    const images = await Promise.all(Array.from({ length: 5 }, () => hostRootfs({ dataDir })));
    expect(new Set(images).size).toBe(1);
  });
});

describe('when the host changes', () => {
  it('makes another tree for a changed program, and leaves the first', async () => {
    const [dataDir, path] = [scratch(), privatePath()];
    const before = await hostRootfs({ dataDir, path, tools });
    makeToolDirectory(path, { cat: '/bin/echo' });
    const after = await hostRootfs({ dataDir, path, tools });
    expect(after.cached).toBe(false);
    expect(after.digest).not.toBe(before.digest);
    expect(existsSync(before.path)).toBe(true);
    expect(readFileSync(join(after.path, 'bin/cat')).equals(readFileSync('/bin/echo'))).toBe(true);
  });

  it('notices a change that kept size and mtime', async () => {
    const [dataDir, path] = [scratch(), privatePath()];
    const before = await hostRootfs({ dataDir, path, tools });
    const { atime, mtime } = statSync(join(path, 'cat'));
    const bytes = readFileSync(join(path, 'cat'));
    bytes[bytes.length - 1] = 255 - (bytes.at(-1) ?? 0);
    writeFileSync(join(path, 'cat'), bytes);
    utimesSync(join(path, 'cat'), atime, mtime);
    expect((await hostRootfs({ dataDir, path, tools })).digest).not.toBe(before.digest);
  });

  it('notices a tool that appears earlier in PATH', async () => {
    const [dataDir, first, second] = [scratch(), scratch(), privatePath()];
    const path = `${first}:${second}`;
    const before = await hostRootfs({ dataDir, path, tools });
    makeToolDirectory(first, { cat: '/bin/echo' });
    const after = await hostRootfs({ dataDir, path, tools });
    expect([before.cached, after.cached]).toEqual([false, false]);
    expect(readFileSync(join(after.path, 'bin/cat')).equals(readFileSync('/bin/echo'))).toBe(true);
  });

  it('keeps the tree when only something beside its inputs changed', async () => {
    const [dataDir, path] = [scratch(), privatePath()];
    const before = await hostRootfs({ dataDir, path, tools });
    makeToolDirectory(path, { unrelated: '/bin/echo' });
    const after = await hostRootfs({ dataDir, path, tools });
    expect(after).toEqual({ ...before, cached: true });
  });

  it('builds again what was deleted, half deleted, or recorded as nonsense', async () => {
    const [dataDir, path] = [scratch(), privatePath()];
    const image = await hostRootfs({ dataDir, path, tools });
    rmSync(join(image.path, 'usr'), { recursive: true });
    expect(await hostRootfs({ dataDir, path, tools })).toEqual(image);
    expect(existsSync(join(image.path, 'usr/bin/sh'))).toBe(true);

    const index = join(dataDir, 'images/host/index');
    for (const name of readdirSync(index)) writeFileSync(join(index, name), '{"digest":"../../.."}');
    expect((await hostRootfs({ dataDir, path, tools })).digest).toBe(image.digest);
    expect(readdirSync(join(dataDir, 'images/host')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('tools', () => {
  it('places one file once, however many names lead to it', async () => {
    const path = privatePath();
    symlinkSync('cat', join(path, 'tac'));
    linkSync(join(path, 'cat'), join(path, 'nl'));
    symlinkSync(join(path, 'nl'), join(path, 'head'));
    const image = await hostRootfs({ dataDir: scratch(), path, tools: [...tools, 'tac', 'nl', 'head'] });
    const links = ['tac', 'nl', 'head'].map((name) => readlinkSync(join(image.path, 'usr/bin', name)));
    expect(links).toEqual(['cat', 'cat', 'cat']);
  });

  it('takes scripts with their interpreters, and env with what it looks up', async () => {
    const path = privatePath();
    const script = (name: string, line: string) => {
      writeFileSync(join(path, name), `${line}\nexec cat "$@"\n`, { mode: 0o755 });
    };
    script('plain', '#!/bin/sh -e');
    script('through-env', '#!/usr/bin/env -S sh');
    script('foreign', `#!${process.execPath}`);
    script('lost', '#!/no/such/thing');
    const names = ['plain', 'through-env', 'foreign', 'lost'];
    const image = await hostRootfs({ dataDir: scratch(), path, tools: [...tools, ...names] });
    expect(image.tools).toEqual(['cat', 'ls', 'plain', 'sh', 'through-env']);
    expect(existsSync(join(image.path, 'usr/bin/env'))).toBe(true);
    expect(image.problems.map((problem) => problem.tool)).toEqual(['foreign', 'lost']);
  });

  it('leaves out a broken tool and says why', async () => {
    const path = privatePath();
    const broken = (name: string, bytes: Buffer) => writeFileSync(join(path, name), bytes, { mode: 0o755 });
    broken('cut', makeElf().subarray(0, 70));
    broken('lonely', makeElf({ needed: ['libgone.so.1'] }));
    broken('secret', makeElf({ interpreter: '/etc/passwd' }));
    broken('escape', makeElf({ interpreter: '/../../../../../../etc/passwd' }));
    broken('text', Buffer.from('hello'));
    writeFileSync(join(path, 'plainfile'), 'not executable', { mode: 0o644 });
    mkdirSync(join(path, 'directory'));
    const names = ['cut', 'lonely', 'secret', 'escape', 'text', 'plainfile', 'directory', 'nowhere'];
    const image = await hostRootfs({ dataDir: scratch(), path, tools: [...tools, ...names] });
    expect(image.tools).toEqual(tools.toSorted());
    expect(image.missing).toEqual(names.toSorted());
    expect(Object.fromEntries(image.problems.map(({ tool, code }) => [tool, code]))).toEqual({
      cut: 'ELF_MALFORMED',
      lonely: 'LIBRARY_MISSING',
      secret: 'ELF_NOT_ELF',
      escape: 'ELF_NOT_ELF',
      text: 'ELF_NOT_ELF',
    });
  });
});

describe('errors', () => {
  it('wants a shell', async () => {
    const path = makeToolDirectory(scratch(), { cat: '/bin/cat' });
    await expect(hostRootfs({ dataDir: scratch(), path })).rejects.toMatchObject({
      code: 'HOST_TOOL_MISSING',
      hint: expect.stringContaining('PATH'),
    });
  });

  it('tells a broken shell from a missing one', async () => {
    const path = privatePath();
    writeFileSync(join(path, 'sh'), 'x');
    await expect(hostRootfs({ dataDir: scratch(), path })).rejects.toMatchObject({
      code: 'HOST_TOOL_MISSING',
      cause: { code: 'ELF_NOT_ELF' },
    });
  });

  it('says when the data directory can not be written', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(hostRootfs({ dataDir: join(file, 'sub') })).rejects.toMatchObject({
      code: 'DATA_DIR_NOT_WRITABLE',
      hint: expect.stringContaining('TCTL_DATA_DIR'),
    });
  });

  it.each(['', '..', 'a/b', '/bin/ls'])('refuses %j as the name of a tool', async (name) => {
    await expect(hostRootfs({ tools: [name] })).rejects.toMatchObject({ code: 'HOST_TOOL_NAME' });
  });
});
