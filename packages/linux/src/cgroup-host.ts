import type { Mount } from './kernel-files/mountinfo.ts';
import type { ProcCgroup } from './kernel-files/proc-cgroups.ts';

export interface CgroupV2Mount {
  mountPoint: string;
}

export interface CgroupV1Mount {
  mountPoint: string;
  /** All that share the hierarchy, in the kernel's order: `['cpu', 'cpuacct']`. */
  controllers: string[];
}

/**
 * How this machine lays out its cgroups. `v1` is keyed by controller, by its v1 name (`blkio`, not `io`),
 * and is empty for `v2` and `none`. `hybrid` is v1 controllers beside a cgroup2 mount, even one without
 * controllers.
 */
export type CgroupHost =
  | { mode: 'v2' | 'hybrid'; v2: CgroupV2Mount; v1: ReadonlyMap<string, CgroupV1Mount> }
  | { mode: 'v1' | 'none'; v2?: undefined; v1: ReadonlyMap<string, CgroupV1Mount> };

// What a v1 mount's options hold besides controllers (kernel/cgroup/cgroup-v1.c, cgroup1_show_options());
// `name=` and `release_agent=` are told by their `=`.
const V1_FLAGS = new Set(
  'rw ro sync dirsync mand lazytime seclabel noprefix xattr clone_children cpuset_v2_mode favordynmods'.split(
    ' ',
  ),
);

function controllersOf(mount: Mount, known: ReadonlySet<string>): string[] {
  // Without /proc/cgroups, what is no known flag must be a controller.
  const isController = (option: string) =>
    known.size > 0 ? known.has(option) : !V1_FLAGS.has(option) && !option.includes('=');
  return mount.superOptions.filter(isController);
}

function ancestorsOf(mount: Mount, byId: ReadonlyMap<number, Mount>): Set<Mount> {
  const ancestors = new Set<Mount>();
  // The set also ends the walk at the top of the tree, which may name itself as its parent.
  for (let up = byId.get(mount.parentId); up && !ancestors.has(up); up = byId.get(up.parentId))
    ancestors.add(up);
  return ancestors;
}

/**
 * Whether a later mount, over it or over a directory above it, hides `mount` from its own path. A mount over
 * `/` hides nothing: it takes effect only for those who chroot into it.
 */
function isHidden(mount: Mount, mounts: readonly Mount[], byId: ReadonlyMap<number, Mount>): boolean {
  const ancestors = ancestorsOf(mount, byId);
  return mounts.some(
    (other) =>
      other !== mount &&
      (mount.mountPoint === other.mountPoint || mount.mountPoint.startsWith(`${other.mountPoint}/`)) &&
      !ancestors.has(other),
  );
}

const isReadOnly = (mount: Mount) => mount.options.includes('ro') || mount.superOptions.includes('ro');

/**
 * The cgroup mounts where `mountPoint + path` names the cgroup that /proc/PID/cgroup calls `path`, those
 * that can be written first.
 *
 * That holds only if the mount's root is `/`. In a container with a cgroup namespace of its own the root
 * of that namespace is what shows as `/`. Two other roots exist (cgroup_namespaces(7)): `/docker/ID` is a
 * bind mount of a subtree made by a runtime without cgroup namespaces, and `/../..` is a mount older than
 * the reader's cgroup namespace, where the namespace's root lies at an unknown depth below the mount point.
 */
function usableMounts(mounts: readonly Mount[]): Mount[] {
  const byId = new Map(mounts.map((mount) => [mount.mountId, mount]));
  return mounts
    .filter(({ fsType, root }) => (fsType === 'cgroup' || fsType === 'cgroup2') && root === '/')
    .filter((mount) => !isHidden(mount, mounts, byId))
    .sort((a, b) => Number(isReadOnly(a)) - Number(isReadOnly(b)));
}

/** Tells a host's cgroup layout from its mounts; nothing is assumed about paths. */
export function detectCgroupHost(facts: {
  mountinfo: readonly Mount[];
  /** Empty when there is no /proc/cgroups. */
  cgroups: readonly ProcCgroup[];
}): CgroupHost {
  const known = new Set(facts.cgroups.map(({ name }) => name));
  const v1 = new Map<string, CgroupV1Mount>();
  let v2: CgroupV2Mount | undefined;
  for (const mount of usableMounts(facts.mountinfo)) {
    const { mountPoint } = mount;
    if (mount.fsType === 'cgroup2') {
      v2 ??= { mountPoint };
      continue;
    }
    // A named hierarchy (systemd's) has no controllers, so it makes no host v1 or hybrid.
    const controllers = controllersOf(mount, known);
    for (const controller of controllers) {
      if (!v1.has(controller)) v1.set(controller, { mountPoint, controllers });
    }
  }
  if (v2 !== undefined) return { mode: v1.size > 0 ? 'hybrid' : 'v2', v2, v1 };
  return { mode: v1.size > 0 ? 'v1' : 'none', v1 };
}
