import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { idMappableDirectory, newIdMappableDirectory } from '../support/id-mappable.ts';
import { box, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { namespace, requires } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

let base = '';
let rootfs = '';
beforeAll(async () => {
  base = newIdMappableDirectory();
  chmodSync(base, 0o700); // the supervisor opens what is in it, and no ordinary user could
  rootfs = await ownRootfs(base);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const needs = (context: TestContext) => requires(context, namespace('user'), idMappableDirectory);

type Mode = 'rw' | 'ro' | 'overlay' | 'overlay-ro';
const options = (mode: Mode = 'overlay', more: Partial<RunOptions> = {}): Partial<RunOptions> => ({
  rootfs: { path: rootfs, mode },
  namespaces: { user: true },
  ...more,
});

/** A directory of root's with a file of root's and one of a user's. */
function shared(name: string): string {
  const path = join(base, name);
  mkdirSync(path, { mode: 0o755 });
  writeFileSync(join(path, 'root'), 'of root', { mode: 0o600 });
  writeFileSync(join(path, 'user'), 'of a user', { mode: 0o600 });
  chownSync(join(path, 'user'), 33, 44);
  return path;
}

describe('root in a user namespace of its own', () => {
  it('is an unprivileged user outside, as is every other user inside', async (context) => {
    needs(context);
    for (const user of [0, 33]) {
      await using run = box(['sleep', '1000'], options('overlay', { user }));
      const pid = await run.started;
      const map = readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/).map(Number);
      const [inside, outside = 0, count = 0] = map;
      expect(inside).toBe(0);
      expect(outside).toBeGreaterThan(1000);
      expect(count).toBeGreaterThanOrEqual(65_536);
      const uid = outside + user;
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    }
  });

  it.each(['rw', 'ro', 'overlay', 'overlay-ro'] as const)(
    'sees the owners that files have on the disk, in mode %s',
    async (mode) => {
      const script = 'stat -c "%u %g" / /etc /etc/passwd /tmp /dev/shm; cat /etc/passwd >/dev/null';
      expect(await output(script, options(mode))).toBe('0 0\n'.repeat(5));
    },
  );

  it('writes to its root as root does', async (context) => {
    needs(context);
    const script = 'echo x >/etc/made; mkdir /made; stat -c "%u %g" /etc/made /made; rm /etc/passwd';
    expect(await output(script, options('overlay'))).toBe('0 0\n0 0\n');
    const own = await ownRootfs(base);
    expect(await output(script, options('rw', { rootfs: own }))).toBe('0 0\n0 0\n');
    expect(statSync(join(own, 'etc/made'))).toMatchObject({ uid: 0, gid: 0 });
  });

  it('owns what root owns of a bind mount, and others what is theirs', async (context) => {
    needs(context);
    const mounts = [`${shared('bound')}:/mnt`];
    const script = 'stat -c "%u %g" /mnt /mnt/root /mnt/user; cat /mnt/root; echo x >/mnt/made';
    expect(await output(script, options('overlay', { mounts }))).toBe('0 0\n0 0\n33 44\nof root');
    expect(statSync(join(base, 'bound/made'))).toMatchObject({ uid: 0, gid: 0 });
    const asUser = options('overlay', { mounts, user: '33:44' });
    const { stdout, stderr } = await box('cat /mnt/user; cat /mnt/root', asUser);
    expect(stdout).toBe('of a user');
    expect(stderr).toMatch(/Permission denied/);
  });

  it('may bind one directory several times, and read-only', async (context) => {
    needs(context);
    const source = shared('twice');
    const mounts = [`${source}:/a:ro`, `${source}:/b`, `${join(source, 'root')}:/c`];
    const { stdout, stderr } = await box('touch /b/x; cat /c; touch /a/y', options('overlay', { mounts }));
    expect(stdout).toBe('of root');
    expect(stderr).toMatch(/Read-only file system/);
  });

  it('sees the owners of what is mounted below a bind mount too', async (context) => {
    needs(context);
    const source = shared('above');
    const below = join(source, 'below');
    mkdirSync(below);
    execFileSync('mount', ['--bind', shared('below'), below]);
    try {
      const mounts = [`${source}:/mnt`];
      const script = 'stat -c "%u %g" /mnt/below/user';
      expect(await output(script, options('overlay', { mounts }))).toBe('33 44\n');
    } finally {
      execFileSync('umount', [below]);
    }
  });

  it('keeps what it writes to the upper layer with the owners it has inside', async (context) => {
    needs(context);
    const upper = join(base, 'kept');
    mkdirSync(upper, { mode: 0o700 });
    const kept = options('overlay', { rootfs: { path: rootfs, mode: 'overlay', upper: { path: upper } } });
    await output('echo x >/etc/made', kept);
    expect(statSync(join(upper, 'upper/etc/made'))).toMatchObject({ uid: 0, gid: 0 });
    expect(await output('stat -c "%u %g" /etc/made', kept)).toBe('0 0\n');
  });

  it('can have several layers', async (context) => {
    needs(context);
    const above = join(base, 'layer');
    mkdirSync(join(above, 'etc'), { recursive: true });
    writeFileSync(join(above, 'etc/passwd'), 'from above\n');
    const layered = options('overlay', { rootfs: { path: [above, rootfs], mode: 'overlay' } });
    expect(await output('cat /etc/passwd; stat -c %u /etc/passwd /bin/sh', layered)).toBe(
      'from above\n0\n0\n',
    );
  });

  it('hears of a directory whose owners can’t be shifted', async (context) => {
    needs(context);
    const error = await refusal(box(['true'], options('overlay', { mounts: ['/proc/sys:/mnt'] })));
    expect(error).toMatchObject({
      code: 'ID_MAPPED_MOUNT_UNSUPPORTED',
      operation: 'shift the owners of /proc/sys into the user namespace',
      hint: expect.stringMatching(/can’t be id-mapped.*--userns self/),
    });
  });

  it('has no mount that passes on to the host what is mounted inside', async (context) => {
    needs(context);
    const source = shared('peers');
    execFileSync('mount', ['--bind', source, source]);
    execFileSync('mount', ['--make-shared', source]);
    try {
      const mounts = (['private', 'slave'] as const).map((propagation) => ({
        source,
        target: `/${propagation}`,
        propagation,
      }));
      const lines = (await output('cat /proc/self/mountinfo', options('overlay', { mounts }))).split('\n');
      const line = (target: string) => lines.find((each) => each.includes(` ${target} `)) ?? '';
      expect(line('/private')).not.toMatch(/shared:|master:/);
      expect(line('/slave')).toMatch(/master:/);
      expect(lines.filter((each) => each.includes('shared:'))).toEqual([]);
    } finally {
      execFileSync('umount', [source]);
    }
  });
});
