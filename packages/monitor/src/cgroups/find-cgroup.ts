import { statSync } from 'node:fs';
import type { Cgroup } from './cgroup.ts';
import { readHierarchies } from './hierarchies.ts';
import { toCgroup } from './to-cgroup.ts';

/** The cgroup of that path; undefined where no hierarchy has it. */
export function findCgroup(path: string): Cgroup | undefined {
  const directories: Record<string, string> = {};
  // Neither `..` nor a missing slash: a path here is what /proc/PID/cgroup says.
  if (!path.startsWith('/') || path.split('/').includes('..')) return undefined;
  for (const { mountPoint, keys } of readHierarchies()) {
    const directory = path === '/' ? mountPoint : `${mountPoint}${path}`;
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    for (const key of keys) directories[key] = directory;
  }
  return Object.keys(directories).length === 0 ? undefined : toCgroup({ path, directories, identity: '' });
}
