import { describe, expect, it } from 'vitest';
import { compileBundle } from '../../src/launch/compile-bundle.ts';
import { cgroupsPath } from '../../src/oci/cgroups.ts';
import { readOciConfig } from '../../src/oci/config/config.ts';
import { defaultOciConfig } from '../../src/oci/default-config.ts';
import { parseMountOptions } from '../../src/oci/mount-options.ts';
import { deviceRulesOf, writesV1, writesV2 } from '../../src/oci/resource-writes.ts';
import { readResources } from '../../src/oci/resources.ts';
import { copiedUp } from '../../src/oci/translate/mounts.ts';
import { translate } from '../../src/oci/translate/translate.ts';
import { defaultDeviceRules } from '../../src/security/devices/rules.ts';

const options = {
  id: 'one',
  stateDirectory: '/run/tc-runtime/one',
  bundle: '/bundle',
  cgroup: undefined,
  caller: { uid: 0, gid: 0 },
  consoleSocket: undefined,
  ownTerminal: false,
  preserveFds: 0,
  ownStreams: [],
  noPivot: false,
  noNewKeyring: false,
};
type Config = ReturnType<typeof defaultOciConfig>;

function config(change: (config: Config & Record<string, never>) => unknown = () => {}) {
  const changed = structuredClone(defaultOciConfig());
  changed.process.terminal = false;
  change(changed as never);
  return readOciConfig(changed);
}

const spec = (change?: Parameters<typeof config>[0], more: Partial<typeof options> = {}) =>
  translate(config(change), { ...options, ...more });

describe('the environment', () => {
  it('has the last value of each variable, and HOME where it is missing', () => {
    const env = (variables: string[]) =>
      spec((changed) => Object.assign(changed.process, { env: variables })).process.env;
    expect(env(['A=1', 'PATH=/bin', 'A=2=3', 'B'])).toEqual(['A=2=3', 'PATH=/bin', 'B', 'HOME=/root']);
    expect(env(['HOME=/x', 'HOME='])).toEqual(['HOME=']);
  });
});

describe('the options of a mount', () => {
  it.each([
    [['ro', 'nosuid'], ['MOUNT_ATTR_RDONLY', 'MOUNT_ATTR_NOSUID'], [], false],
    [
      ['rw', 'suid', 'dev', 'exec'],
      [],
      ['RDONLY', 'NOSUID', 'NODEV', 'NOEXEC'].map((n) => `MOUNT_ATTR_${n}`),
      false,
    ],
    [['rro'], ['MOUNT_ATTR_RDONLY'], [], true],
    [['noatime'], ['MOUNT_ATTR_NOATIME'], ['MOUNT_ATTR__ATIME'], false],
    [['rstrictatime'], ['MOUNT_ATTR_STRICTATIME'], ['MOUNT_ATTR__ATIME'], true],
    [['relatime'], [], ['MOUNT_ATTR__ATIME'], false],
  ])('%j become attributes', (words, set, clear, recursive) => {
    const { changes } = parseMountOptions(words, 'mounts[0].options');
    expect(changes.flatMap((change) => change.set)).toEqual(set);
    expect(changes.flatMap((change) => change.clear)).toEqual(clear);
    expect(changes.every((change) => change.recursive === recursive)).toBe(true);
  });

  it.each([
    ['private', 'MS_PRIVATE', false],
    ['rslave', 'MS_SLAVE', true],
    ['rshared', 'MS_SHARED', true],
    ['unbindable', 'MS_UNBINDABLE', false],
  ])('%s becomes a propagation', (word, flag, recursive) => {
    expect(parseMountOptions([word], '').propagation).toEqual({ flag, recursive });
  });

  it('that nobody knows are for the file system', () => {
    expect(parseMountOptions(['mode=755', 'size=64k', 'inode64', 'newinstance'], '').data).toEqual([
      ['mode', '755'],
      ['size', '64k'],
      ['inode64', ''],
    ]);
  });

  it('may ask for a map of ids', () => {
    expect(parseMountOptions(['rbind', 'idmap'], '').idMap).toBe('own');
    expect(parseMountOptions(['ridmap'], '').idMap).toBe('recursive');
    expect(() => parseMountOptions(['idmap=uids=0-1-2'], 'mounts[3].options')).toThrow(/uidMappings/);
  });
});

describe('the resources', () => {
  const read = (resources: object) => readResources(resources, 'linux.resources');
  const v1 = (resources: object) => writesV1(read(resources)).map(({ file, value }) => `${file} ${value}`);
  const v2 = (resources: object) => writesV2(read(resources)).map(({ file, value }) => `${file} ${value}`);

  it.each([
    [{ memory: { limit: 64 } }, ['memory.limit_in_bytes 64'], ['memory.max 64']],
    [{ memory: { limit: -1 } }, ['memory.limit_in_bytes -1'], ['memory.max max']],
    [
      { memory: { limit: 64, swap: 100, reservation: 32 } },
      ['memory.limit_in_bytes 64', 'memory.memsw.limit_in_bytes 100', 'memory.soft_limit_in_bytes 32'],
      ['memory.max 64', 'memory.swap.max 36', 'memory.low 32'],
    ],
    [{ pids: { limit: 20 } }, ['pids.max 20'], ['pids.max 20']],
    [{ pids: { limit: -1 } }, ['pids.max max'], ['pids.max max']],
    [{ pids: { limit: 0 } }, [], []],
    [{ cpu: { shares: 1024 } }, ['cpu.shares 1024'], ['cpu.weight 39']],
    [{ cpu: { shares: 2 } }, ['cpu.shares 2'], ['cpu.weight 1']],
    [{ cpu: { shares: 262144 } }, ['cpu.shares 262144'], ['cpu.weight 10000']],
    [
      { cpu: { quota: 50_000, period: 100_000 } },
      ['cpu.cfs_period_us 100000', 'cpu.cfs_quota_us 50000'],
      ['cpu.max 50000 100000'],
    ],
    [{ cpu: { quota: -1 } }, ['cpu.cfs_quota_us -1'], ['cpu.max max 100000']],
    [
      { cpu: { cpus: '0-1', mems: '0' } },
      ['cpuset.cpus 0-1', 'cpuset.mems 0'],
      ['cpuset.cpus 0-1', 'cpuset.mems 0'],
    ],
    [
      { blockIO: { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 9 }] } },
      ['blkio.throttle.read_bps_device 8:0 9'],
      ['io.max 8:0 rbps=9'],
    ],
    [{ blockIO: { weight: 10 } }, ['blkio.bfq.weight 10'], ['io.bfq.weight 10', 'io.weight 1']],
    [{ blockIO: { weight: 1000 } }, ['blkio.bfq.weight 1000'], ['io.bfq.weight 1000', 'io.weight 10000']],
    [
      { hugepageLimits: [{ pageSize: '2MB', limit: 4 }] },
      ['hugetlb.2MB.limit_in_bytes 4'],
      ['hugetlb.2MB.max 4'],
    ],
  ])('%j become files of version 1 and 2', (resources, ofV1, ofV2) => {
    expect(v1(resources)).toEqual(ofV1);
    expect(v2(resources)).toEqual(ofV2);
  });

  it('of one version only are refused on the other', () => {
    expect(v2({ unified: { 'memory.high': '7' } })).toEqual(['memory.high 7']);
    expect(() => v1({ unified: { 'memory.high': '7' } })).toThrow(
      /linux\.resources\.unified needs cgroup version 2/,
    );
    expect(v1({ memory: { swappiness: 3 } })).toEqual(['memory.swappiness 3']);
    expect(() => v2({ memory: { swappiness: 3 } })).toThrow(/memory\.swappiness needs cgroup version 1/);
    expect(() => v2({ unified: { '../x': '7' } })).toThrow(/is no file/);
  });

  it('have the rules for devices in their order, and last what every container may use', () => {
    const rule = { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' } as const;
    const rules = deviceRulesOf(read({ devices: [{ allow: false, access: 'rwm' }, rule] })) ?? [];
    expect(rules.slice(0, 2)).toEqual([
      { allow: false, type: 'a', major: undefined, minor: undefined, access: 'rwm' },
      rule,
    ]);
    expect(rules.slice(2)).toEqual(defaultDeviceRules);
    expect(deviceRulesOf(read({}))).toBeUndefined();
  });
});

describe('linux.cgroupsPath', () => {
  it.each([
    [undefined, '/tc-runtime-one'],
    ['/a/b', '/a/b'],
    ['a', '/a'],
  ])('%s is %s', (given, path) => expect(cgroupsPath(given, 'one')).toBe(path));

  it.each(['/', '/../a', 'a/../../b', '/a\n'])('can’t be %j', (path) => {
    expect(() => cgroupsPath(path, 'one')).toThrow(/linux\.cgroupsPath/);
  });

  it('of the systemd driver is refused without its flag', () => {
    expect(() => cgroupsPath('system.slice:libpod:1', 'one')).toThrow(/takes --systemd-cgroup/);
  });
});

describe('a bundle', () => {
  it('compiles to the same program each time', () => {
    const { steps, heldAt } = compileBundle(spec());
    expect(compileBundle(spec()).steps.length).toBe(steps.length);
    expect(heldAt).toBeGreaterThan(100);
  });

  it('waits for its start after everything but the last calls', () => {
    const { steps, heldAt } = compileBundle(spec());
    const calls = steps.slice(heldAt).flatMap((step) => (step.op === 'call' ? [step.call] : []));
    expect(calls.slice(0, calls.indexOf('exit_group'))).toEqual(Array(6).fill('execve')); // each place in PATH
  });

  it('filters system calls last with no_new_privs, and while it still may without', () => {
    const seccomp = { defaultAction: 'SCMP_ACT_ALLOW' };
    const callsOf = (noNewPrivileges: boolean) => {
      const { steps, heldAt } = compileBundle(
        spec((c) => Object.assign(c.linux, { seccomp }) && Object.assign(c.process, { noNewPrivileges })),
      );
      const place = (name: string) => steps.findIndex((step) => step.op === 'call' && step.call === name);
      return { seccomp: place('seccomp'), capset: place('capset'), heldAt };
    };
    const [with_, without] = [callsOf(true), callsOf(false)];
    expect(with_.seccomp).toBeGreaterThanOrEqual(with_.heldAt);
    expect(without.seccomp).toBeLessThan(without.capset);
  });

  it('does not die with its launcher, which ends on purpose', () => {
    const calls = compileBundle(spec()).steps.flatMap((step) => (step.op === 'call' ? [step.what] : []));
    expect(calls).not.toContain('die with the supervisor');
  });

  it('has relative paths below its directory', () => {
    expect(spec().root.path).toBe('/bundle/rootfs');
  });

  it('gives the capabilities to the sets that it names', () => {
    const capabilities = { bounding: ['CAP_KILL'], effective: [], permitted: ['CAP_KILL'], ambient: [] };
    const { process } = spec((c) => Object.assign(c.process, { capabilities }));
    expect(process.capabilities).toEqual([5]);
    expect(process.capabilitySets).toEqual({ effective: [], permitted: [5], inheritable: [], ambient: [] });
  });

  it('has no ambient capability that it could not hold', () => {
    const both = ['CAP_KILL', 'CAP_CHOWN'];
    const capabilities = { bounding: both, permitted: both, inheritable: ['CAP_KILL'], ambient: both };
    const { process } = spec((c) => Object.assign(c.process, { capabilities }));
    expect(process.capabilitySets?.ambient).toEqual([5]);
  });

  it('gets the usual devices and its own, but none where /dev is the host’s', () => {
    const own = { type: 'c', path: '/dev/fuse', major: 10, minor: 229, fileMode: 0o600 };
    const paths = spec((c) => Object.assign(c.linux, { devices: [own] })).devices.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/dev/fuse', '/dev/null', '/dev/tty']));
    const bound = { destination: '/dev', type: 'bind', source: '/dev', options: ['rbind'] };
    expect(spec((c) => c.mounts.splice(1, 1, bound as never)).devices).toEqual([]);
  });

  it.each([
    ['/proc/sys', 'tmpfs'],
    ['/proc/../proc/1', 'tmpfs'],
    ['/proc', 'tmpfs'],
  ])('can’t mount onto %s what would replace what protects the host', (destination, type) => {
    expect(() => spec((c) => c.mounts.push({ destination, type, source: 'x', options: [] }))).toThrow(
      /mounts\[7\]\.destination lies on \/proc/,
    );
  });

  it.each([
    ['kernel.panic', /whole host/],
    ['net.ipv4.ip_forward', undefined],
    ['kernel.shmmax', undefined],
    ['net.../../x', /no name of a setting/],
  ])('may set %s only if that is its own', (name, problem) => {
    const set = () => spec((c) => Object.assign(c.linux, { sysctl: { [name]: '1' } }));
    if (problem === undefined) expect(set().sysctls).toEqual([{ name, value: '1' }]);
    else expect(set).toThrow(problem);
  });

  it('joins namespaces by path, a user namespace first', () => {
    const namespaces = [{ type: 'network', path: '/n' }, { type: 'user', path: '/u' }, { type: 'mount' }];
    const bundle = spec((c) => Object.assign(c.linux, { namespaces }) && Object.assign(c, { hostname: '' }));
    expect(bundle.namespaces.joined.map(({ path }) => path)).toEqual(['/u', '/n']);
    expect(bundle.namespaces.made).toEqual(['mount']);
  });

  it.each([
    ['no mount namespace', [], /new mount namespace/],
    ['one by path', [{ type: 'mount', path: '/m' }], /path of a mount namespace/],
    ['a host name without a UTS namespace', [{ type: 'mount' }], /hostname needs a UTS namespace/],
  ])('is refused with %s', (_, namespaces, problem) => {
    expect(() => spec((c) => Object.assign(c.linux, { namespaces }))).toThrow(problem);
  });

  it('wants a console socket for a terminal, and for nothing else', () => {
    expect(() => spec((c) => Object.assign(c.process, { terminal: true }))).toThrow(/console-socket/);
    expect(() => spec(undefined, { consoleSocket: '/s' as never })).toThrow(/is false/);
  });

  it('takes unlimited limits of processes, which JSON can’t say exactly', () => {
    const rlimits = [{ type: 'RLIMIT_CORE', soft: 0, hard: 2 ** 64 }];
    const { process } = spec((c) => Object.assign(c.process, { rlimits }));
    expect(process.rlimits).toEqual([{ name: 'core', resource: 4, soft: 0, hard: 'max' }]);
  });

  it('says which tmpfs starts with what the image has there', () => {
    const mount = {
      destination: '/etc/',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['tmpcopyup', 'mode=711'],
    };
    expect(copiedUp(config((c) => c.mounts.push(mount as never)))).toEqual([{ target: '/etc', mode: 0o711 }]);
  });
});
