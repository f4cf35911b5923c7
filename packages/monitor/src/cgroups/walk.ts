/** Walks the hierarchies. Imports nothing that a worker thread could not load by itself. */
import { readdirSync, type Stats, statSync } from 'node:fs';
import type { Hierarchy } from './hierarchies.ts';

/** A cgroup as it is found: plain data. */
export interface FoundCgroup {
  readonly path: string;
  readonly directories: Readonly<Record<string, string>>;
  /** Of its directories: another cgroup of the same name has others. */
  readonly identity: string;
}

interface Growing {
  readonly directories: Record<string, string>;
  identity: string;
}

/** All cgroups but the roots. */
export function walk(hierarchies: readonly Hierarchy[]): Map<string, FoundCgroup> {
  const all = new Map<string, Growing>();
  for (const hierarchy of hierarchies) walkBelow(hierarchy, '', all);
  return new Map(
    [...all].map(([path, { directories, identity }]) => [path, { path, directories, identity }]),
  );
}

/** @param parent the path of the cgroup whose children are looked for; empty for the root */
function walkBelow(hierarchy: Hierarchy, parent: string, all: Map<string, Growing>): void {
  for (const name of childrenOf(hierarchy.mountPoint + parent)) {
    const path = `${parent}/${name}`;
    if (isInternal(path)) continue;
    const directory = hierarchy.mountPoint + path;
    const stat = statOf(directory);
    if (stat === undefined) continue;
    let cgroup = all.get(path);
    if (cgroup === undefined) {
      cgroup = { directories: {}, identity: '' };
      all.set(path, cgroup);
    }
    for (const key of hierarchy.keys) cgroup.directories[key] = directory;
    cgroup.identity += `${stat.ino} `;
    // A directory has a link from each one in it: kernfs_refresh_inode() counts them, so leaves need no readdir(3).
    if (stat.nlink !== 2) walkBelow(hierarchy, path, all);
  }
}

/** What tctl makes below a container for each command that is executed in it: no container of its own. */
export function isInternal(path: string): boolean {
  return /\/tctl-[^/]+\/exec-[^/]+$/.test(path);
}

function childrenOf(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return []; // gone, or not ours to see
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
