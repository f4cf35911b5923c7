import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityName } from '@tc/linux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunOptions } from '../../src/run/options.ts';
import { parseTmpfs } from '../../src/run/parse-mount.ts';
import { resolveRun } from '../../src/run/resolve.ts';
import { resolveRootfs } from '../../src/run/resolve-rootfs.ts';
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
  it.each(['a', '0', 'web-1', 'A.b_c', 'x'.repeat(63)])('can be %j', (name) => {
    expect(resolve({ name, hostname: 'h' }).id).toBe(name);
  });

  it.each(['', '.', '..', '-a', '_a', 'a/b', 'a b', 'a\0', 'a\n', 'ä', 'x'.repeat(64)])(
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
    refuse({ user }, 'USER_NOT_FOUND');
    refuse({ groups: [user] }, 'USER_NOT_FOUND');
  });

  it.each(['', ':1', '1:', ':'])('can’t be half of one: %j', (user) => {
    refuse({ user });
  });

  it.each([-1, 1.5, 2 ** 31, 2 ** 32, 1e21, Number.NaN])('can’t be the number %d', (user) => {
    refuse({ user }, 'USER_NOT_FOUND');
    refuse({ groups: [user] }, 'USER_NOT_FOUND');
  });
});

describe('the root file system', () => {
  it('is writable and entered by pivot_root unless told otherwise', () => {
    expect(resolve().rootfs).toEqual({
      layers: [directory],
      mode: 'rw',
      upper: undefined,
      enter: 'pivot_root',
    });
  });

  it('can be told otherwise', () => {
    const rootfs = { path: directory, mode: 'overlay', enter: 'chroot', upper: 'memory' } as const;
    expect(resolve({ rootfs }).rootfs).toEqual({
      layers: [directory],
      mode: 'overlay',
      upper: undefined,
      enter: 'chroot',
    });
  });

  it('is made absolute', () => {
    const roundabout = `${directory}/../${directory.split('/').at(-1)}/`;
    expect(resolve({ rootfs: roundabout }).rootfs.layers).toEqual([directory]);
    const rootfs = { path: [roundabout, '/'], mode: 'overlay', upper: { path: roundabout } } as const;
    expect(resolve({ rootfs }).rootfs).toMatchObject({ layers: [directory, '/'], upper: directory });
  });

  it('must be there and be a directory', () => {
    for (const path of [join(directory, 'nothing'), [directory, join(directory, 'nothing')]]) {
      refuse({ rootfs: { path, mode: 'overlay' } }, 'ROOTFS_NOT_FOUND');
    }
    refuse({ rootfs: file }, 'ROOTFS_NOT_A_DIRECTORY');
    refuse({ rootfs: { path: directory, mode: 'overlay', upper: { path: file } } }, 'UPPER_NOT_FOUND');
  });

  it('has several layers only in an overlay, and not too many', () => {
    const layers = (count: number) => Array.from({ length: count }, () => directory);
    expect(resolve({ rootfs: { path: layers(96), mode: 'overlay-ro' } }).rootfs.layers).toHaveLength(96);
    for (const mode of ['rw', 'ro', undefined] as const) {
      refuse({ rootfs: { path: layers(2), ...(mode === undefined ? {} : { mode }) } });
    }
    refuse({ rootfs: { path: layers(97), mode: 'overlay' } });
    refuse({ rootfs: { path: [], mode: 'overlay' } });
  });

  it('keeps what is written only in a writable overlay, and `disk` where there is such a place', () => {
    for (const mode of ['rw', 'ro', 'overlay-ro'] as const) {
      refuse({ rootfs: { path: directory, mode, upper: { path: directory } } });
    }
    const disk = { path: directory, mode: 'overlay', upper: 'disk' } as const;
    refuse({ rootfs: disk });
    expect(resolveRootfs(disk, '/data/containers/x').upper).toBe('/data/containers/x');
    refuse({ rootfs: { path: directory, mode: 'overlay', upper: 'tape' as 'disk' } });
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
    refuse({ mounts: [`/${long}:/a`] }, 'ENAMETOOLONG');
  });
});

describe('mounts', () => {
  const bind = {
    type: 'bind',
    volume: undefined,
    readOnly: false,
    sourceType: 'file',
    recursive: true,
    propagation: 'private',
  };

  it('can be text or objects, of directories or files', () => {
    const mounts = [
      `${directory}:/a`,
      `${file}:/b/c:ro`,
      `${file}:/d:rw,rprivate`,
      { source: directory, target: '/e', recursive: false },
    ];
    expect(resolve({ mounts }).mounts).toEqual([
      { ...bind, source: directory, target: '/a', sourceType: 'directory' },
      { ...bind, source: file, target: '/b/c', readOnly: true },
      { ...bind, source: file, target: '/d' },
      { ...bind, source: directory, target: '/e', sourceType: 'directory', recursive: false },
    ]);
  });

  it('of a name are volumes, which need not be there', () => {
    vi.stubEnv('TCTL_DATA_DIR', '/data');
    const volume = { ...bind, source: '/data/volumes/db', volume: 'db', sourceType: 'directory' };
    const mounts = ['db:/a:ro', { type: 'volume', source: 'db', target: '/b' }] as const;
    expect(resolve({ mounts }).mounts).toEqual([
      { ...volume, target: '/a', readOnly: true },
      { ...volume, target: '/b' },
    ]);
    vi.unstubAllEnvs();
    expect(resolve({ mounts: ['.:/here'] }).mounts).toMatchObject([
      { source: process.cwd(), volume: undefined },
    ]);
    for (const mount of ['_x:/a', 'a b:/a', 'db:/a:slave']) refuse({ mounts: [mount] });
  });

  it('can be a tmpfs', () => {
    const tmpfs = { type: 'tmpfs', target: '/tmp/x' } as const;
    const plain = { ...tmpfs, readOnly: false, sizeBytes: undefined, mode: 0o1777 };
    expect(resolve({ mounts: [tmpfs] }).mounts).toEqual([plain]);
    const given = { ...tmpfs, size: '1k', mode: 0o700, readOnly: true };
    expect(resolve({ mounts: [given] }).mounts).toEqual([
      { ...tmpfs, readOnly: true, sizeBytes: 1024, mode: 0o700 },
    ]);
    for (const mode of [-1, 0o10000, 0.5, Number.NaN]) refuse({ mounts: [{ ...tmpfs, mode }] });
    refuse({ mounts: [{ ...tmpfs, size: 0 }] }); // which would be no limit
    refuse({ mounts: [{ ...tmpfs, size: 'much' }] }, 'INVALID_SIZE');
    refuse({ mounts: [{ ...tmpfs, target: '/' }] });
  });

  it.each([
    ['/a//b/', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../b', '/b'],
    ['/a/./b', '/a/b'],
  ])('have their target made plain: %s', (target, plain) => {
    expect(resolve({ mounts: [{ source: file, target }] }).mounts[0]?.target).toBe(plain);
  });

  it.each(['', '/a', '/a:', ':/a', '/a:/b:rx', '/a:/b:ro:x', '/a:b', '/a:/', '/a:/..', '/a:/b/..', '/a:/b:'])(
    'can’t be %j',
    (mount) => {
      refuse({ mounts: [mount] });
    },
  );

  it.each(['ro,rw', 'ro,ro', 'slave,shared', 'ro,', ',', 'ro slave', 'toString'])(
    'can’t have options %j',
    (options) => {
      refuse({ mounts: [`${directory}:/a:${options}`] });
    },
  );

  it('are of a kind and a propagation that exist', () => {
    refuse({ mounts: [{ type: 'nfs' as 'bind', source: directory, target: '/a' }] });
    refuse({ mounts: [{ source: directory, target: '/a', propagation: 'both' as 'shared' }] });
    refuse({ mounts: [{ source: '', target: '/a' }] });
  });

  it('need a source', () => {
    refuse({ mounts: [`${directory}/nothing:/a`] }, 'MOUNT_SOURCE_NOT_FOUND');
  });
});

describe('a tmpfs as text', () => {
  it.each([
    ['/a', { target: '/a' }],
    ['/a:size=64m,mode=1777', { target: '/a', size: '64m', mode: 0o1777 }],
    ['/a:ro,nosuid,nodev', { target: '/a', readOnly: true }],
    ['/a:rw', { target: '/a', readOnly: false }],
  ])('can be %j', (text, mount) => {
    expect(parseTmpfs(text)).toEqual({ type: 'tmpfs', ...mount });
  });

  it.each(['', ':ro', '/a:', '/a:ro:x', '/a:size', '/a:size=', '/a:mode=9', '/a:noexec', '/a:ro,'])(
    'can’t be %j',
    (text) => {
      expect(() => parseTmpfs(text)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );
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
      joinNetwork: false,
      cgroup: true,
      user: undefined,
      time: undefined,
    });
    asUser(64_999); // whom no machine's /etc/subuid knows
    expect(resolve().namespaces.user).toMatchObject({ uidMap: '0 64999 1', denySetgroups: true });
  });

  it('can have a user namespace for root too, who need not give setgroups up', () => {
    asUser(0);
    expect(resolve({ namespaces: { user: 'self' } }).namespaces.user).toMatchObject({
      uidMap: '0 0 1',
      denySetgroups: false,
    });
    expect(resolve({ namespaces: { user: true } }).namespaces.user).toMatchObject({
      uidMap: expect.stringMatching(/^0 [1-9]\d+ \d+/), // an ordinary user of the host
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

  it('can join another container’s network, which is looked for only at the start', () => {
    const { net, joinNetwork } = resolve({ network: 'container:other' }).namespaces;
    expect({ net, joinNetwork }).toEqual({ net: false, joinNetwork: true });
    expect(resolve().namespaces.joinNetwork).toBe(false);
    for (const network of ['container:', 'bridge', '']) refuse({ network: network as 'none' });
    asUser(1000); // whose user namespace depends on it
    refuse({ network: 'container:no-such-one' }, 'CONTAINER_NOT_FOUND');
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

describe('the terminal', () => {
  it('is there only where it was asked for, with 80 x 24 characters', () => {
    expect(resolve().terminal).toBeUndefined();
    expect(resolve({ tty: false }).terminal).toBeUndefined();
    expect(resolve({ tty: true }).terminal).toEqual({ columns: 80, rows: 24, logged: false });
  });

  it('can have any size that fits into 16 bits', () => {
    expect(resolve({ tty: { columns: 65535, rows: 1 } }).terminal).toMatchObject({ columns: 65535, rows: 1 });
    for (const size of [0, -1, 1.5, 65536, Number.NaN]) {
      refuse({ tty: { columns: size, rows: 24 } });
      refuse({ tty: { columns: 80, rows: size } });
    }
  });
});

describe('the CPU time', () => {
  it('can’t be limited where nobody counts it', () => {
    refuse({ cpuTime: '1s' });
    expect(resolve().cpuTime).toBeUndefined();
  });

  it('is a duration', () => {
    refuse({ cpuTime: 'long' }, 'INVALID_DURATION');
  });
});

describe('the life of a run', () => {
  it('ends with its owner, and leaves nothing', () => {
    const { lifetime, logs, openStdin, init } = resolve();
    expect(lifetime).toMatchObject({ attached: true, leaves: 'nothing' });
    expect({ logs, openStdin, init }).toEqual({ logs: undefined, openStdin: false, init: false });
  });

  it('is written down with the name, the command and when it was made', () => {
    const { launchFile } = resolve({ name: 'web', init: true, tty: true }, ['sh', '-c', 'exit']).lifetime;
    expect(JSON.parse(launchFile)).toMatchObject({
      id: 'web',
      name: 'web',
      command: ['sh', '-c', 'exit'],
      createdAtMs: expect.closeTo(Date.now(), -4),
      ephemeral: true,
      tty: true,
      init: true,
    });
  });
});

describe('the timeout', () => {
  it('is parsed', () => {
    expect(resolve({ timeout: '1.5s' }).timeoutMs).toBe(1500);
    expect(resolve().timeoutMs).toBeUndefined();
    refuse({ timeout: 'soon' }, 'INVALID_DURATION');
  });
});
