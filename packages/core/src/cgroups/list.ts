import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CgroupHost } from '@tc/linux';
import { containerIdOf, normaliseParent } from './placement.ts';
import { isGone } from './tree.ts';

function subdirectories(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/**
 * The cgroups that containers have in `parent`, in every hierarchy, by container id: those of running containers
 * and those that a supervisor left behind when it was killed.
 */
export function listContainerCgroups(host: CgroupHost, parent?: string): Map<string, string[]> {
  const below = normaliseParent(parent);
  const mountPoints = new Set([...host.v1.values()].map(({ mountPoint }) => mountPoint));
  if (host.v2 !== undefined) mountPoints.add(host.v2.mountPoint);
  const byId = new Map<string, string[]>();
  for (const mountPoint of mountPoints) {
    for (const directory of subdirectories(join(mountPoint, below))) {
      const id = containerIdOf(directory);
      if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), directory]);
    }
  }
  return byId;
}
