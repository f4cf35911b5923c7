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
  const byId = new Map<string, string[]>();
  for (const mountPoint of mountPointsOf(host)) {
    for (const directory of subdirectories(join(mountPoint, below))) {
      const id = containerIdOf(directory);
      if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), directory]);
    }
  }
  return byId;
}

/** The cgroups of these containers wherever they are, for whoever does not know their parents. Walks everything. */
export function findContainerCgroups(host: CgroupHost, ids: ReadonlySet<string>): Map<string, string[]> {
  const byId = new Map<string, string[]>();
  const visit = (directory: string) => {
    const id = containerIdOf(directory);
    if (id !== undefined && ids.has(id)) byId.set(id, [...(byId.get(id) ?? []), directory]);
    else subdirectories(directory).forEach(visit);
  };
  for (const mountPoint of mountPointsOf(host)) visit(mountPoint);
  return byId;
}

function mountPointsOf(host: CgroupHost): Set<string> {
  const v1 = [...host.v1.values()].map(({ mountPoint }) => mountPoint);
  return new Set(host.v2 === undefined ? v1 : [...v1, host.v2.mountPoint]);
}
