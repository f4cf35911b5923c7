import type { CgroupPlan } from '../../src/cgroups/plan.ts';
import type {
  BindMountSpec,
  LaunchSpec,
  LifetimeSpec,
  LogSpec,
  NamespaceSpec,
  ProcessSpec,
  RootfsSpec,
} from '../../src/launch/spec.ts';
import { maskedPaths, readonlyPaths } from '../../src/security/defaults.ts';

interface Changes extends Omit<Partial<LaunchSpec>, 'namespaces' | 'rootfs' | 'process'> {
  namespaces?: Partial<NamespaceSpec>;
  rootfs?: Partial<RootfsSpec>;
  process?: Partial<ProcessSpec>;
}

/** The container that the tests start from, with some of its options changed. */
export function makeSpec(changes: Changes = {}): LaunchSpec {
  const { namespaces, rootfs, process, ...rest } = changes;
  return {
    id: 'box',
    name: 'box',
    runtimeDirectory: '/host/run',
    hostname: 'box',
    mounts: [],
    sysctls: [],
    cgroup: undefined,
    timeoutMs: undefined,
    cpuTime: undefined,
    lifetime: attached,
    terminal: undefined,
    logs: undefined,
    openStdin: false,
    init: false,
    ...rest,
    namespaces: {
      uts: true,
      net: true,
      cgroup: true,
      joinNetwork: false,
      user: undefined,
      time: undefined,
      ...namespaces,
    },
    rootfs: { layers: ['/host/rootfs'], mode: 'rw', upper: undefined, enter: 'pivot_root', ...rootfs },
    process: {
      argv: ['true'],
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/',
      uid: 0,
      gid: 0,
      additionalGids: [],
      umask: 0o022,
      capabilities: [0, 5],
      rlimits: [],
      oomScoreAdj: undefined,
      seccompProfile: 'unconfined',
      seccomp: undefined,
      maskedPaths,
      readonlyPaths,
      ...process,
    },
  };
}

export const rootless = {
  uidMap: '0 1000 1',
  gidMap: '0 1000 1',
  denySetgroups: true,
  mapper: 'supervisor',
  shiftMounts: false,
} as const;

const attached = {
  attached: true,
  leaves: 'nothing',
  launchFile: '{"id":"box"}',
} as const satisfies LifetimeSpec;

/** How a `Container` starts one. */
export const kept = { ...attached, attached: false, leaves: 'record' } as const satisfies LifetimeSpec;

/** Each of its two files takes a few short lines. */
export const logs = {
  directory: '/host/data/box',
  maxBytes: 200,
  outputLimitBytes: undefined,
} as const satisfies LogSpec;

export const terminal = { columns: 80, rows: 24, logged: false } as const;

/** A mount of the host's /host/data, with some of its fields changed. */
export function bindMount(changes: Partial<BindMountSpec> = {}): BindMountSpec {
  return {
    type: 'bind',
    source: '/host/data',
    volume: undefined,
    target: '/srv/data',
    readOnly: false,
    sourceType: 'directory',
    recursive: true,
    propagation: 'private',
    ...changes,
  };
}

const write = (path: string, value: string) => ({ path, value, what: `write ${path}`, why: '' });

export const planV1: CgroupPlan = {
  enable: [],
  directories: ['/host/cg/memory/tctl-box', '/host/cg/pids/tctl-box'],
  writes: [
    write('/host/cg/memory/tctl-box/memory.limit_in_bytes', '67108864'),
    { ...write('/host/cg/memory/tctl-box/memory.memsw.limit_in_bytes', '67108864'), optional: true },
    write('/host/cg/pids/tctl-box/pids.max', '20'),
  ],
  join: {
    tasks: ['/host/cg/memory/tctl-box/tasks', '/host/cg/pids/tctl-box/tasks'],
    into: undefined,
  },
  figures: [
    { name: 'memory.max_usage_in_bytes', path: '/host/cg/memory/tctl-box/memory.max_usage_in_bytes' },
  ],
  view: [
    { name: 'memory', directory: '/host/cg/memory/tctl-box' },
    { name: 'cpu,cpuacct', directory: '/host/cg/cpu,cpuacct/tctl-box' },
  ],
};

export const planV2: CgroupPlan = {
  enable: [write('/host/cg/cgroup.subtree_control', '+memory +pids')],
  directories: ['/host/cg/tctl-box'],
  writes: [write('/host/cg/tctl-box/memory.max', '67108864'), write('/host/cg/tctl-box/pids.max', '20')],
  join: { tasks: [], into: '/host/cg/tctl-box' },
  figures: [
    { name: 'memory.peak', path: '/host/cg/tctl-box/memory.peak' },
    { name: 'memory.events', path: '/host/cg/tctl-box/memory.events' },
  ],
  view: [{ name: '', directory: '/host/cg/tctl-box' }],
};

const figures = (directory: string, ...names: readonly string[]) =>
  names.map((name) => ({ name, path: `${directory}/${name}` }));

/** With all that the supervisor looks at while the container runs. */
export const watchedV1: CgroupPlan = {
  ...planV1,
  figures: [
    ...figures('/host/cg/memory/tctl-box', 'memory.max_usage_in_bytes', 'memory.oom_control'),
    ...figures('/host/cg/pids/tctl-box', 'pids.events'),
    ...figures('/host/cg/cpu,cpuacct/tctl-box', 'cpuacct.usage'),
  ],
};

export const watchedV2: CgroupPlan = {
  ...planV2,
  figures: figures('/host/cg/tctl-box', 'memory.peak', 'memory.events', 'pids.events', 'cpu.stat'),
};

/** Specs that together use every phase. */
export const variants: readonly (readonly [name: string, spec: LaunchSpec])[] = [
  ['base', makeSpec()],
  ['v1 cgroups', makeSpec({ cgroup: planV1 })],
  ['v2 cgroups', makeSpec({ cgroup: planV2 })],
  ['watched v1 cgroups', makeSpec({ cgroup: watchedV1 })],
  ['watched v2 cgroups', makeSpec({ cgroup: watchedV2 })],
  ['CPU time on v1', makeSpec({ cgroup: watchedV1, cpuTime: { limitMs: 1500, cpus: 2 } })],
  ['CPU time on v2', makeSpec({ cgroup: watchedV2, cpuTime: { limitMs: 1500, cpus: 3 } })],
  ['user namespace', makeSpec({ namespaces: { user: rootless } })],
  [
    'user namespace, mapped by others',
    makeSpec({ namespaces: { user: { ...rootless, mapper: 'newuidmap' } } }),
  ],
  [
    'user namespace with shifted mounts',
    makeSpec({
      namespaces: { user: { ...rootless, denySetgroups: false, shiftMounts: true } },
      rootfs: { mode: 'overlay', layers: ['/host/top', '/host/base'], upper: '/host/upper' },
      mounts: [bindMount()],
    }),
  ],
  ['time namespace', makeSpec({ namespaces: { time: { offsets: 'monotonic 10 0\n' } } })],
  ['host’s network and name', makeSpec({ namespaces: { uts: false, net: false }, hostname: undefined })],
  ['read-only', makeSpec({ rootfs: { mode: 'ro' } })],
  ['read-only overlay', makeSpec({ rootfs: { mode: 'overlay-ro' } })],
  ['overlay', makeSpec({ rootfs: { mode: 'overlay' } })],
  [
    'overlay of layers with an upper directory',
    makeSpec({ rootfs: { mode: 'overlay', layers: ['/host/top', '/host/base'], upper: '/host/upper' } }),
  ],
  ['another’s network', makeSpec({ namespaces: { net: false, joinNetwork: true } })],
  [
    'another’s network in a user namespace',
    makeSpec({ namespaces: { net: false, joinNetwork: true, user: rootless } }),
  ],
  [
    'another’s network and user namespace',
    makeSpec({ namespaces: { net: false, joinNetwork: true, user: { ...rootless, mapper: 'joined' } } }),
  ],
  ['chroot', makeSpec({ rootfs: { enter: 'chroot' } })],
  ['timeout', makeSpec({ timeoutMs: 1500 })],
  ['terminal', makeSpec({ terminal })],
  ['logged terminal', makeSpec({ terminal: { ...terminal, logged: true }, logs, lifetime: kept })],
  ['terminal of a user of its own', makeSpec({ terminal, process: { uid: 1000, gid: 1000 } })],
  ['logs', makeSpec({ logs, openStdin: true, lifetime: kept })],
  ['logs up to a limit', makeSpec({ logs: { ...logs, outputLimitBytes: 1000 } })],
  ['open stdin', makeSpec({ openStdin: true })],
  ['init', makeSpec({ init: true })],
  ['init with a terminal', makeSpec({ init: true, terminal })],
  ['kept', makeSpec({ lifetime: kept, id: '0123456789ab' })],
  ['kept until its end', makeSpec({ lifetime: { ...kept, leaves: 'remove' }, logs, id: '0123456789ab' })],
  [
    'mounts',
    makeSpec({
      mounts: [
        bindMount({ readOnly: true }),
        bindMount({ source: '/host/file', sourceType: 'file' }),
        bindMount({ source: '/host/slave', target: '/srv/slave', propagation: 'slave', recursive: false }),
        bindMount({ source: '/host/shared', target: '/srv/shared', propagation: 'shared' }),
        { type: 'tmpfs', target: '/scratch', readOnly: true, sizeBytes: 4096, mode: 0o700 },
      ],
    }),
  ],
];
