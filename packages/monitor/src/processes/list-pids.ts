import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isInternal } from '../cgroups/walk.ts';
import { parseStat } from './parse-process.ts';

/**
 * Of a cgroup and all below, with the path of each. What tctl executes in a container counts as the container's own.
 * @param directory the cgroup's, in one hierarchy
 */
export function pidsOfCgroup(
  path: string,
  directory: string,
  into = new Map<number, string>(),
): Map<number, string> {
  for (const pid of procsIn(directory)) into.set(pid, path);
  for (const name of subdirectories(directory)) {
    const child = `${path === '/' ? '' : path}/${name}`;
    pidsOfCgroup(isInternal(child) ? path : child, `${directory}/${name}`, into);
  }
  return into;
}

function procsIn(directory: string): number[] {
  try {
    return readFileSync(`${directory}/cgroup.procs`, 'latin1').split('\n').map(Number).filter(Boolean);
  } catch {
    return []; // gone, or a threaded cgroup: its processes are listed above it
  }
}

function subdirectories(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

/**
 * Of the PID namespace of that process, and of those in it: whoever is in one descends from one of its processes. Where
 * it is our own namespace: those that descend from it. Namespaces of other users can't be read: proc_pid_ns(5).
 */
export function pidsOfTree(root: number): number[] {
  const namespace = namespaceOf(root);
  const isOwn = namespace === undefined || namespace === namespaceOf('self');
  const children = new Map<number, number[]>();
  const found = new Set<number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
    const parent = parentOf(pid);
    if (parent === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    if (pid === root || (!isOwn && namespaceOf(pid) === namespace)) found.add(pid);
  }
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return [...found];
}

function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // it has ended, or is another user's
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.parentPid;
  } catch {
    return undefined; // it has ended
  }
}
