import { type CgroupHost, type CgroupV1Mount, TcError } from '@tc/linux';
import type { CgroupFacts } from '../../src/cgroups/facts.ts';

/** A machine of nothing but these files; whatever is above one of them exists, too. */
export function fakeFacts(
  files: Readonly<Record<string, string>>,
  readOnly: readonly string[] = [],
): CgroupFacts {
  const paths = Object.keys(files);
  return {
    read: (path) => files[path],
    exists: (path) => paths.some((each) => each === path || each.startsWith(`${path}/`)),
    writable: (path) => path in files && !readOnly.includes(path),
  };
}

/** `v1Mounts('/cg', ['cpu,cpuacct', 'memory'])`: each hierarchy mounted under the names of its controllers. */
export function v1Mounts(base: string, hierarchies: readonly string[]): Map<string, CgroupV1Mount> {
  return new Map(
    hierarchies.flatMap((names) => {
      const mount = { mountPoint: `${base}/${names}`, controllers: names.split(',') };
      return mount.controllers.map((name): [string, CgroupV1Mount] => [name, mount]);
    }),
  );
}

export const v2Host: CgroupHost = { mode: 'v2', v2: { mountPoint: '/cg' }, v1: new Map() };

/** The real root of a cgroup2 hierarchy, as systemd leaves it: it has no cgroup.type. */
export const v2Root = {
  '/cg/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/cg/cgroup.subtree_control': 'memory pids\n',
  '/cg/cgroup.procs': '1\n2\n',
  '/cg/cpuset.cpus.effective': '0-3\n',
};

/** Finds what a call throws. */
export function thrownBy(call: () => unknown): TcError {
  try {
    call();
  } catch (error) {
    if (error instanceof TcError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
