import type { Cgroup } from './cgroup.ts';
import { readHierarchies } from './hierarchies.ts';
import { toCgroup } from './to-cgroup.ts';
import { walk } from './walk.ts';

/** Walks all hierarchies once, in this thread. By path; the root cgroup is not among them. */
export function listCgroups(): Cgroup[] {
  const found = [...walk(readHierarchies()).values()];
  return found.map((each) => toCgroup(each)).sort(byPath);
}

export const byPath = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
