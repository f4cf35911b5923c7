import { type Process, processes } from '../../support/leftovers.ts';

/**
 * Whether a process belongs to a program that has nothing to do with us: going up its parents, what stands beside
 * us or our parents was there before. What we leave behind is adopted by a parent of ours, and is new.
 */
export function belongsToOthers(pid: number, before: ReadonlySet<number>): boolean {
  const all = new Map(processes().map((each) => [each.pid, each]));
  const ours = new Set(ancestry(process.pid, all));
  const branch = ancestry(pid, all).filter((each) => !ours.has(each));
  return !ours.has(pid) && before.has(branch.at(-1) ?? pid);
}

/** Ids of containers: random, or the names that suites choose. */
const supervisorLine = /^process \d+ tctl-\w+ tctl-shim (\S+)/;
const cgroupName = /\/tctl-([\w.-]+)$/;

/**
 * Whether a cgroup or a process is of a container that is none of ours: other suites may run on this machine. Every
 * container of ours is in our journal.
 */
export function isOfContainerOfOthers(line: string, ourIds: ReadonlySet<string>): boolean {
  const named = (line.startsWith('cgroup ') ? cgroupName : supervisorLine).exec(line)?.[1];
  if (named !== undefined) return !ourIds.has(named);
  const pid = /^process (\d+) /.exec(line)?.[1];
  if (pid === undefined) return false;
  const all = new Map(processes().map((each) => [each.pid, each]));
  if (!all.has(Number(pid))) return true; // it has ended since, in time
  const id = ancestry(Number(pid), all)
    .map((each) => all.get(each)?.command ?? [])
    .find(([program]) => program === 'tctl-shim')?.[1];
  return id !== undefined && !ourIds.has(id);
}

/** A process, its parent, and so on. */
function ancestry(pid: number, all: ReadonlyMap<number, Process>): number[] {
  const line: number[] = [];
  for (let at = all.get(pid); at !== undefined; at = all.get(at.parent)) line.push(at.pid);
  return line;
}
