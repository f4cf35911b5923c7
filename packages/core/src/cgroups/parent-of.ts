import { dirname, relative } from 'node:path';
import type { CgroupHost } from '@tc/linux';

/** The cgroup that a container's are in, as `CgroupRequest.parent`; undefined where it has none. */
export function parentOfCgroups(host: CgroupHost, directories: readonly string[]): string | undefined {
  const v1 = [...host.v1.values()].map(({ mountPoint }) => mountPoint);
  const mountPoints = host.v2 === undefined ? v1 : [...v1, host.v2.mountPoint];
  for (const directory of directories) {
    const mountPoint = mountPoints.find((each) => directory.startsWith(`${each}/`));
    if (mountPoint !== undefined) return relative(mountPoint, dirname(directory));
  }
  return undefined;
}
