import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

const modes = ['rw', 'ro', 'overlay'] as const;

describe('an image', () => {
  it.each(['proc', 'sys', 'dev', 'tmp'])('in which /%s is a symbolic link is refused', async (name) => {
    const path = await ownRootfs(newDirectory());
    rmSync(join(path, name), { recursive: true });
    for (const target of ['/etc', 'etc', '../..', '/nowhere']) {
      rmSync(join(path, name), { force: true });
      symlinkSync(target, join(path, name));
      for (const mode of modes) {
        const error = await refusal(box(['true'], { rootfs: { path, mode } }));
        expect(error).toMatchObject({ code: 'ROOTFS_UNSAFE', operation: `open the mount point /${name}` });
        expect(error['hint']).toContain(`/${name} is a symbolic link`);
      }
    }
  });

  it('in which /dev is a file is refused', async () => {
    const path = await ownRootfs(newDirectory());
    rmSync(join(path, 'dev'), { recursive: true });
    writeFileSync(join(path, 'dev'), '');
    expect(await refusal(box(['true'], { rootfs: path }))).toMatchObject({ code: 'ROOTFS_UNUSABLE' });
  });

  it('without /proc, /sys, /dev and /tmp gets them, or in mode ro an error that says what to make', async () => {
    const path = await ownRootfs(newDirectory());
    for (const name of ['proc', 'sys', 'dev', 'tmp']) rmSync(join(path, name), { recursive: true });
    expect(
      await output('ls -d /proc/1 /sys/class /dev/null /tmp', { rootfs: { path, mode: 'overlay' } }),
    ).toBe('/dev/null\n/proc/1\n/sys/class\n/tmp\n');
    expect(readdirSync(path)).not.toContain('proc');
    await output('ls -d /proc/1', { rootfs: { path, mode: 'rw' } });
    expect(readdirSync(path)).toEqual(expect.arrayContaining(['proc', 'sys', 'dev', 'tmp']));
  });
});

describe('a mount target', () => {
  it.each([
    '/data',
    '/data/kernel',
    '/proc/sys',
    '/proc/self/../bus',
    '/sys/fs',
    '/sys/firmware',
    '/sys/fs/cgroup',
  ])('that leads into /proc or /sys is refused: %s', async (target) => {
    const path = await ownRootfs(newDirectory());
    symlinkSync('/proc/sys', join(path, 'data'));
    const mounts = [{ source: newDirectory(), target }];
    for (const mode of modes) {
      const error = await refusal(box(['true'], { rootfs: { path, mode }, mounts }));
      expect(error).toMatchObject({
        code: 'MOUNT_TARGET_FORBIDDEN',
        hint: expect.stringContaining('choose another'),
      });
    }
  });

  it('through a link that leads up and out stays inside', async () => {
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    mkdirSync(join(directory, 'etc'));
    symlinkSync('/../../../../etc', join(path, 'up'));
    symlinkSync('../../../../../../etc', join(path, 'relative'));
    const source = newDirectory();
    writeFileSync(join(source, 'here'), '');
    for (const link of ['up', 'relative']) {
      const text = await output('ls /etc; ls /etc/sub', { rootfs: path, mounts: [`${source}:/${link}/sub`] });
      expect(text).toMatch(/(^|\n)sub\n[\s\S]*here\n$/);
      rmdirSync(join(path, 'etc/sub'));
    }
    expect(readdirSync(join(directory, 'etc'))).toEqual([]);
    expect(existsSync('/etc/sub')).toBe(false);
  });

  it('of a file through a link to nowhere makes no file on the host', async () => {
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    const outside = join(directory, 'outside');
    symlinkSync(outside, join(path, 'link'));
    symlinkSync('../../outside', join(path, 'etc/link'));
    const source = join(newDirectory(), 'file');
    writeFileSync(source, 'x');
    for (const target of ['/link', '/etc/link']) {
      await box(['true'], { rootfs: path, mounts: [`${source}:${target}`] }).catch(() => {});
    }
    expect(existsSync(outside)).toBe(false);
  });

  it('through a magic link is refused', async () => {
    const path = await ownRootfs(newDirectory());
    symlinkSync('/proc/1/root/etc', join(path, 'magic'));
    const error = await refusal(box(['true'], { rootfs: path, mounts: [`${newDirectory()}:/magic`] }));
    expect(error).toMatchObject({ code: expect.any(String), operation: expect.stringContaining('/magic') });
  });
});

describe('a working directory', () => {
  it('through a link that leads up and out is made inside', async () => {
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    symlinkSync('/../../../..', join(path, 'up'));
    expect(await output('pwd -P', { rootfs: path, cwd: '/up/made' })).toBe('/made\n');
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^rootfs-/)]);
  });
});
