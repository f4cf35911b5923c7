/** Which cgroups a container gets: root’s where the bundle says, an ordinary user’s where it may have some. */
import { type CgroupHost, readCgroupHost } from '@tc/linux';
import { stepDown } from '../cgroups/delegation-leaf.ts';
import { notDelegated, selectDelegation } from '../cgroups/delegation-manager.ts';
import type { NormalLimits } from '../cgroups/limits.ts';
import type { CgroupPlan } from '../cgroups/plan.ts';
import {
  cgroupPlan,
  cgroupsOf,
  cgroupsPath,
  type MadeCgroups,
  makeCgroups,
  type OciCgroups,
} from './cgroups.ts';
import type { OciConfig } from './config/config.ts';
import type { SystemdScope } from './container-state.ts';
import { writesV2 } from './resource-writes.ts';
import type { Resources } from './resources.ts';

export interface Placement {
  readonly cgroups: OciCgroups;
  /** Makes them. @throws TcError CGROUP_IN_USE, CGROUP_NOT_DELEGATED */
  make(): MadeCgroups;
  /** To be asked when they are made. Undefined: there are none. */
  plan(): CgroupPlan | undefined;
  /** Where systemd makes them, for a process to be in them: the launcher. */
  readonly scope?: SystemdScope;
  /** Has it make them. @throws TcError CGROUP_IN_USE, SYSTEMD_REFUSED */
  adopt?(pid: number): Promise<void>;
  /** Undoes that. */
  release?(): Promise<void>;
}

/** @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD, CGROUP_NOT_DELEGATED */
export function placeContainer(config: OciConfig, id: string, isRoot: boolean): Placement {
  const host = readCgroupHost();
  const { resources, cgroupsPath: given } = config.linux;
  if (isRoot) {
    const path = cgroupsPath(given, id);
    const cgroups = cgroupsOf(host, path);
    return {
      cgroups,
      make: () => makeCgroups(cgroups),
      plan: () => cgroupPlan(host, cgroups, resources, path),
    };
  }
  return placeOfUser(host, resources, given, id);
}

const none: Placement = {
  cgroups: { directories: [], v1: {}, v2: undefined },
  make: () => ({ above: [], undo: () => true }),
  plan: () => undefined,
};

/**
 * Below a cgroup of version 2 that was delegated to this user; without limits none is as good. What the bundle says of
 * the path can’t be had: only its last part is used. Device rules are left out, as in a user namespace there are no
 * devices but those that are bound.
 */
function placeOfUser(
  host: CgroupHost,
  resources: Resources,
  given: string | undefined,
  id: string,
): Placement {
  const limits = { ...resources, devices: [] };
  const needed = new Set(writesV2(limits).map(({ controller }) => controller));
  const delegated = selectDelegation(host, asLimits(needed));
  if (delegated === undefined) {
    if (needed.size > 0) throw notDelegated(host);
    return none;
  }
  const name = cgroupsPath(given, id).split('/').at(-1);
  const path = `/${delegated.parent}/${name}`.replace(/^\/+/, '/');
  const { v2 } = cgroupsOf(host, path);
  if (v2 === undefined) return none;
  const cgroups: OciCgroups = { directories: [v2], v1: {}, v2 };
  const { stepDownFrom } = delegated;
  return {
    cgroups,
    make() {
      if (stepDownFrom !== undefined) stepDown(stepDownFrom);
      return makeCgroups(cgroups);
    },
    plan: () => cgroupPlan({ ...host, mode: 'v2' } as CgroupHost, cgroups, limits, path),
  };
}

/** Something of each controller that is needed, for whoever looks for a place with all of them. */
function asLimits(needed: ReadonlySet<string>): NormalLimits {
  return {
    ...(needed.has('memory') ? { memoryBytes: 1 } : {}),
    ...(needed.has('pids') ? { pids: 1 } : {}),
    ...(needed.has('cpu') ? { cpuWeight: 1 } : {}),
    ...(needed.has('cpuset') ? { cpuset: '0' } : {}),
    ...(needed.has('io') ? { io: [{ device: '', name: '' }] } : {}),
  };
}
