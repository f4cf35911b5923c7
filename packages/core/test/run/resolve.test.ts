import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityName } from '@tc/linux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunOptions } from '../../src/run/options.ts';
import { resolveRun } from '../../src/run/resolve.ts';
import { capabilityNumber, defaultCapabilities } from '../../src/security/defaults.ts';

let directory = '';
let file = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-resolve-'));
  file = join(directory, 'file');
  writeFileSync(file, '');
});
afterAll(() => rmSync(directory, { recursive: true }));
const asUser = (uid: number) => void vi.spyOn(process, 'geteuid').mockReturnValue(uid);
beforeEach(() => asUser(0)); // whoever runs the tests
afterEach(() => void vi.restoreAllMocks());

/** Without cgroups, so that nothing depends on the machine. */
const resolve = (options: Partial<RunOptions> = {}, command: readonly string[] = ['true']) =>
  resolveRun(command, { rootfs: directory, cgroups: 'disabled', ...options }).spec;

const refuse = (options: Partial<RunOptions>, code = 'INVALID_OPTION') => {
  let error: unknown;
  try {
    resolve(options);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code,
    operation: expect.stringMatching(/\w/),
    hint: expect.stringMatching(/\w/),
  });
};

describe('the command', () => {
  it.each([[[]], [['']]])('may not be empty: %j', (command) => {
    expect(() => resolve({}, command)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('is passed as it is', () => {
    expect(resolve({}, ['sh', '-c', ' $x ', '']).process.argv).toEqual(['sh', '-c', ' $x ', '']);
  });
});

describe('the name', () => {
  it.each(['a', '0', 'web-1', 'A.b_c', 'x'.repeat(64)])('can be %j', (name) => {
    expect(resolve({ name, hostname: 'h' }).id).toBe(name);
  });

  it.each(['', '.', '..', '-a', '_a', 'a/b', 'a b', 'a\0', 'a\n', 'ä', 'x'.repeat(65)])(
    'can’t be %j',
    (name) => {
      refuse({ name, hostname: 'h' });
    },
  );

  it('is 12 random hexadecimal digits where none is given', () => {
    const [one, other] = [resolve().id, resolve().id];
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(other).not.toBe(one);
  });
});

describe('the user', () => {
  it.each([
    [undefined, 0, 0],
    [1000, 1000, 0],
    ['7', 7, 0],
    ['7:8', 7, 8],
    ['2147483647:2147483647', 2147483647, 2147483647],
  ])('can be %j', (user, uid, gid) => {
    expect(resolve(user === undefined ? {} : { user }).process).toMatchObject({ uid, gid });
  });

  // CVE-2024-40635: 4294967296 is 0, which is root, where it is cut to 32 bits.
  it.each([
    '4294967296',
    '2147483648',
    '0:2147483648',
    '0:4294967296',
    '-1',
    '',
    ':1',
    '1:',
    '1:2:3',
    '01',
    '+1',
    '0x10',
    '1e3',
    ' 1',
    '1\n',
    'root',
    '٣',
  ])('can’t be %j', (user) => {
    refuse({ user });
  });

  it.each([-1, 1.5, 2 ** 31, 2 ** 32, 1e21, Number.NaN])('can’t be the number %d', (user) => {
    refuse({ user });
  });
});

describe('the root file system', () => {
  it('is writable and entered by pivot_root unless told otherwise', () => {
    expect(resolve().rootfs).toEqual({ path: directory, mode: 'rw', enter: 'pivot_root' });
  });

  it('can be told otherwise', () => {
    const rootfs = { path: directory, mode: 'overlay', enter: 'chroot' } as const;
    expect(resolve({ rootfs }).rootfs).toEqual(rootfs);
  });

  it('is made absolute', () => {
    expect(resolve({ rootfs: `${directory}/../${directory.split('/').at(-1)}/` }).rootfs.path).toBe(
      directory,
    );
  });

  it('must be there and be a directory', () => {
    refuse({ rootfs: join(directory, 'nothing') }, 'ROOTFS_NOT_FOUND');
    refuse({ rootfs: file }, 'ROOTFS_NOT_A_DIRECTORY');
  });
});

describe('paths of the host', () => {
  it('may not contain NUL', () => {
    refuse({ rootfs: `${directory}/\0` });
    refuse({ mounts: [`${directory}/\0:/a`] });
  });

  it('may not be longer than the kernel takes', () => {
    const long = 'x'.repeat(5000);
    refuse({ rootfs: long }, 'ENAMETOOLONG');
    refuse({ mounts: [`${long}:/a`] }, 'ENAMETOOLONG');
  });
});

describe('mounts', () => {
  it('can be text or objects, of directories or files', () => {
    const mounts = [
      `${directory}:/a`,
      `${file}:/b/c:ro`,
      `${file}:/d:rw`,
      { source: directory, target: '/e' },
    ];
    expect(resolve({ mounts }).mounts).toEqual([
      { source: directory, target: '/a', readOnly: false, sourceType: 'directory' },
      { source: file, target: '/b/c', readOnly: true, sourceType: 'file' },
      { source: file, target: '/d', readOnly: false, sourceType: 'file' },
      { source: directory, target: '/e', readOnly: false, sourceType: 'directory' },
    ]);
  });

  it.each([
    ['/a//b/', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../b', '/b'],
    ['/a/./b', '/a/b'],
  ])('have their target made plain: %s', (target, plain) => {
    expect(resolve({ mounts: [{ source: file, target }] }).mounts[0]?.target).toBe(plain);
  });

  it.each(['', '/a', '/a:', ':/a', '/a:/b:rx', '/a:/b:ro:x', '/a:b', '/a:/', '/a:/..', '/a:/b/..'])(
    'can’t be %j',
    (mount) => {
      refuse({ mounts: [mount] });
    },
  );

  it('need a source', () => {
    refuse({ mounts: [`${directory}/nothing:/a`] }, 'MOUNT_SOURCE_NOT_FOUND');
  });
});

describe('the working directory', () => {
  it.each([
    [undefined, '/'],
    ['/srv/../work', '/work'],
    ['/../x', '/x'],
  ])('%j becomes %j', (cwd, plain) => {
    expect(resolve(cwd === undefined ? {} : { cwd }).process.cwd).toBe(plain);
  });

  it.each(['', 'work', './work', '~'])('can’t be %j', (cwd) => {
    refuse({ cwd });
  });
});

describe('the host name', () => {
  it('is the name unless told otherwise', () => {
    expect(resolve({ name: 'web' }).hostname).toBe('web');
    expect(resolve({ name: 'web', hostname: 'db' }).hostname).toBe('db');
  });

  it('is the host’s in the host’s UTS namespace', () => {
    const spec = resolve({ name: 'web', namespaces: { uts: 'host' } });
    expect(spec.namespaces.uts).toBe(false);
    expect(spec.hostname).toBeUndefined();
    expect(spec.process.env.filter((each) => each.startsWith('HOSTNAME'))).toEqual([]);
  });

  it.each(['', 'x'.repeat(65), 'ä'.repeat(33)])('can’t be %j', (hostname) => {
    refuse({ hostname });
  });
});

describe('the umask', () => {
  it.each([0, 0o22, 0o777])('can be %i', (umask) => {
    expect(resolve({ umask }).process.umask).toBe(umask);
  });

  it.each([-1, 1.5, 0o1000, 2 ** 32, Number.NaN])('can’t be %d', (umask) => {
    refuse({ umask });
  });
});

describe('the environment', () => {
  it('has PATH, HOME and HOSTNAME, and nothing of the caller’s', () => {
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    expect(resolve({ name: 'web' }).process.env).toEqual([`PATH=${path}`, 'HOME=/root', 'HOSTNAME=web']);
    expect(resolve({ user: 5 }).process.env).toContain('HOME=/');
  });

  it('can be changed, added to and taken from', () => {
    const { env } = resolve({ env: { PATH: '/bin', HOME: undefined, A: '', B: 'x=y' } }).process;
    expect(env).toEqual(expect.arrayContaining(['PATH=/bin', 'A=', 'B=x=y']));
    expect(env.filter((each) => /^HOME=|^PATH=/.test(each))).toEqual(['PATH=/bin']);
  });

  it.each(['', 'A=B', '='])('can’t have the variable %j', (name) => {
    refuse({ env: { [name]: 'x' } });
  });
});

describe('capabilities', () => {
  it('are the default ones unless told otherwise', () => {
    expect(resolve().process.capabilities).toEqual(defaultCapabilities.map(capabilityNumber));
  });

  it('can be chosen, or none', () => {
    expect(resolve({ capabilities: ['CAP_SYS_ADMIN', 'CAP_CHOWN'] }).process.capabilities).toEqual([21, 0]);
    expect(resolve({ capabilities: [] }).process.capabilities).toEqual([]);
  });

  it('are each there once', () => {
    const capabilities: CapabilityName[] = ['CAP_SYS_PACCT', 'CAP_CHOWN', 'CAP_SYS_PACCT'];
    expect(resolve({ capabilities }).process.capabilities).toEqual([20, 0]);
  });

  it('never have CAP_SYS_CHROOT in a chroot, which it leads out of', () => {
    const rootfs = { path: directory, enter: 'chroot' } as const;
    const chroot = capabilityNumber('CAP_SYS_CHROOT');
    expect(resolve().process.capabilities).toContain(chroot);
    expect(resolve({ rootfs }).process.capabilities).not.toContain(chroot);
    expect(resolve({ rootfs, capabilities: ['CAP_SYS_CHROOT'] }).process.capabilities).toEqual([]);
  });

  it.each(['CHOWN', 'cap_chown', 'CAP_ALL', ''])('can’t be %j', (name) => {
    refuse({ capabilities: [name as CapabilityName] });
  });
});

describe('namespaces', () => {
  it('are private, and of the user only for those who are not root', () => {
    asUser(0);
    expect(resolve().namespaces).toEqual({
      uts: true,
      net: true,
      cgroup: true,
      user: undefined,
      time: undefined,
    });
    asUser(1000);
    expect(resolve().namespaces.user).toMatchObject({ uidMap: '0 1000 1', denySetgroups: true });
  });

  it('can have a user namespace for root too, who need not give setgroups up', () => {
    asUser(0);
    expect(resolve({ namespaces: { user: true } }).namespaces.user).toMatchObject({
      uidMap: '0 0 1',
      denySetgroups: false,
    });
  });

  it('can have a map of their own', () => {
    const user = { uidMap: '0 100000 65536', gidMap: '0 200000 65536' };
    expect(resolve({ namespaces: { user } }).namespaces.user).toMatchObject(user);
  });

  it.each(['', 'x', '0', '0 0', '0 0 -1', '0 0 1 1', '0 0 1\n123', '0:0:1'])(
    'can’t have the map %j',
    (map) => {
      refuse({ namespaces: { user: { uidMap: map, gidMap: '0 0 1' } } });
      refuse({ namespaces: { user: { uidMap: '0 0 1', gidMap: map } } });
    },
  );

  it('must map the user and the group', () => {
    const user = { uidMap: '0 100000 10\n100 200000 10', gidMap: '0 100000 10' };
    for (const id of [0, 9, 100, 109]) {
      expect(resolve({ user: id, namespaces: { user } }).process.uid).toBe(id);
    }
    for (const id of [10, 99, 110, '0:10', '100:100']) refuse({ user: id, namespaces: { user } });
  });

  it('can share the host’s network', () => {
    expect(resolve({ network: 'host' }).namespaces.net).toBe(false);
    expect(resolve({ network: 'none' }).namespaces.net).toBe(true);
  });

  it('can move the clocks', () => {
    expect(resolve({ namespaces: { time: { boottimeSeconds: -5 } } }).namespaces.time).toEqual({
      offsets: 'monotonic 0 0\nboottime -5 0\n',
    });
  });
});

describe('the clocks', () => {
  it.each([0.5, Number.NaN, 1e300])('can’t be moved by %d seconds', (seconds) => {
    refuse({ namespaces: { time: { monotonicSeconds: seconds } } });
    refuse({ namespaces: { time: { boottimeSeconds: seconds } } });
  });
});

describe('cgroups', () => {
  it('must not be disabled where there are limits', () => {
    refuse({ limits: { memory: '64m' } });
    refuse({ limits: { pids: 5 } });
    expect(resolve({ limits: {} }).cgroup).toBeUndefined();
  });

  it('are not made for an ordinary user without limits, who owns none', () => {
    asUser(1000);
    expect(resolveRun(['true'], { rootfs: directory }).spec.cgroup).toBeUndefined();
  });
});

describe('the timeout', () => {
  it('is parsed', () => {
    expect(resolve({ timeout: '1.5s' }).timeoutMs).toBe(1500);
    expect(resolve().timeoutMs).toBeUndefined();
    refuse({ timeout: 'soon' }, 'INVALID_DURATION');
  });
});
