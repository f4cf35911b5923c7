import { join } from 'node:path';
import { parseWords } from '@tc/linux';
import { forRootAlone } from '../cgroups/delegation-manager.ts';
import { degraded, type HostCheck, type HostFacts, missing, ok } from './host-check.ts';

export function cgroups({ cgroups: { mode } }: HostFacts): HostCheck {
  if (mode !== 'none') return ok('cgroups', mode);
  return missing('cgroups', 'none mounted', 'mount -t cgroup2 none /sys/fs/cgroup');
}

/** What limits are made with, by the names of v2, and the controllers of v1 that are the same. */
const controllers = { memory: 'memory', pids: 'pids', cpu: 'cpu', cpuset: 'cpuset', io: 'blkio' } as const;

export function limits({ cgroups: host, read }: HostFacts): HostCheck {
  const unified = host.v2 === undefined ? '' : (read(join(host.v2.mountPoint, 'cgroup.controllers')) ?? '');
  const inV2 = parseWords(unified);
  const lacking = Object.entries(controllers)
    .filter(([v2, v1]) => !inV2.includes(v2) && !host.v1.has(v1))
    .map(([name]) => name);
  if (lacking.length === 0) return ok('controllers', Object.keys(controllers).join(' '));
  const hint = 'Boot with cgroup_enable=memory or without cgroup_disable=, and mount those of v1.';
  return degraded('controllers', `no ${lacking.join(', ')}`, hint);
}

/** cgroup-v2.rst, "Delegation": root needs none. */
export function delegation({ uid, delegated, cgroups: { mode } }: HostFacts): HostCheck {
  if (uid === 0) return ok('delegation', 'root needs none');
  if (mode === 'v1' || mode === 'hybrid')
    return degraded('delegation', forRootAlone.problem, forRootAlone.hint);
  const found = delegated();
  if (found !== undefined && found.length > 0) return ok('delegation', found.join(' '));
  const hint = 'For limits: systemd-run --user --scope -p Delegate=yes -- COMMAND';
  return degraded('delegation', 'no cgroup of your own', hint);
}
