import type { CgroupPlan } from '../../src/cgroups/plan.ts';
import type { LaunchSpec, NamespaceSpec, ProcessSpec, RootfsSpec } from '../../src/launch/spec.ts';
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
    runtimeDirectory: '/host/run',
    hostname: 'box',
    mounts: [],
    cgroup: undefined,
    timeoutMs: undefined,
    ...rest,
    namespaces: { uts: true, net: true, cgroup: true, user: undefined, time: undefined, ...namespaces },
    rootfs: { path: '/host/rootfs', mode: 'rw', enter: 'pivot_root', ...rootfs },
    process: {
      argv: ['true'],
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/',
      uid: 0,
      gid: 0,
      additionalGids: [],
      umask: 0o022,
      capabilities: [0, 5],
      maskedPaths,
      readonlyPaths,
      ...process,
    },
  };
}

export const rootless = { uidMap: '0 1000 1', gidMap: '0 1000 1', denySetgroups: true } as const;

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

/** Specs that together use every phase. */
export const variants: readonly (readonly [name: string, spec: LaunchSpec])[] = [
  ['base', makeSpec()],
  ['v1 cgroups', makeSpec({ cgroup: planV1 })],
  ['v2 cgroups', makeSpec({ cgroup: planV2 })],
  ['user namespace', makeSpec({ namespaces: { user: rootless } })],
  ['time namespace', makeSpec({ namespaces: { time: { offsets: 'monotonic 10 0\n' } } })],
  ['host’s network and name', makeSpec({ namespaces: { uts: false, net: false }, hostname: undefined })],
  ['read-only', makeSpec({ rootfs: { mode: 'ro' } })],
  ['read-only overlay', makeSpec({ rootfs: { mode: 'overlay-ro' } })],
  ['overlay', makeSpec({ rootfs: { mode: 'overlay' } })],
  ['chroot', makeSpec({ rootfs: { enter: 'chroot' } })],
  ['timeout', makeSpec({ timeoutMs: 1500 })],
  [
    'mounts',
    makeSpec({
      mounts: [
        { source: '/host/data', target: '/srv/data', readOnly: true, sourceType: 'directory' },
        { source: '/host/file', target: '/etc/file', readOnly: false, sourceType: 'file' },
      ],
    }),
  ],
];
