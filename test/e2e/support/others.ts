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

/** Whether a cgroup is of another suite that runs now: each names its containers by a letter and its own pid. */
export function isCgroupOfOthers(line: string): boolean {
  const pid = Number(/\/tctl-[a-z](\d+)-\d+$/.exec(line)?.[1]);
  return pid !== process.pid && processes().some((each) => each.pid === pid);
}

/** A process, its parent, and so on. */
function ancestry(pid: number, all: ReadonlyMap<number, Process>): number[] {
  const line: number[] = [];
  for (let at = all.get(pid); at !== undefined; at = all.get(at.parent)) line.push(at.pid);
  return line;
}
