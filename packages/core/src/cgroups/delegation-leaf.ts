/**
 * A cgroup with processes of its own can't pass controllers on (cgroup-v2.rst, "No Internal Process Constraint"). Where
 * this process is all that lives in the cgroup that was delegated to it, it can step down into a leaf below.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePids, TcError } from '@tc/linux';
import { type CgroupFacts, hostFacts } from './facts.ts';
import { isGone } from './tree.ts';

/** Not `tctl-…`, which is how the cgroups of containers are called. */
export const leafName = 'tctl.owner';

/** Whether processes live in a cgroup, and whether they are this process and what it started. */
export function occupantsOf(
  directory: string,
  facts: CgroupFacts,
  self = process.pid,
): 'none' | 'own' | 'others' {
  const pids = parsePids(facts.read(join(directory, 'cgroup.procs')) ?? '');
  if (pids.length === 0) return 'none';
  return pids.every((pid) => descends(pid, self, facts)) ? 'own' : 'others';
}

function descends(pid: number, ancestor: number, facts: CgroupFacts): boolean {
  // 0 is a process outside this PID namespace. Nothing is a parent of itself, but the files are not read at once.
  const seen = new Set<number>();
  for (let at = pid; at > 0 && !seen.has(at); at = parentOf(at, facts)) {
    if (at === ancestor) return true;
    seen.add(at);
  }
  return false;
}

/** proc_pid_stat(5): the name in parentheses may hold anything, so the last one counts. */
function parentOf(pid: number, facts: CgroupFacts): number {
  const stat = facts.read(`/proc/${pid}/stat`) ?? '';
  const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(parent);
}

/**
 * Moves this process and what it started from a cgroup into `tctl.owner` below it. The leaf stays, as processes can't
 * remove the cgroup that they live in; systemd removes it with the scope.
 * @throws TcError CGROUP_NOT_DELEGATED where others live there, or have come meanwhile
 */
export function stepDown(directory: string): void {
  const leaf = join(directory, leafName);
  try {
    mkdirSync(leaf, { recursive: true });
    // What is forked meanwhile comes to life in the old place: again, until there is nobody.
    for (let round = 0; round < 10; round += 1) {
      const occupants = occupantsOf(directory, hostFacts);
      if (occupants === 'none') return;
      if (occupants === 'others') break;
      for (const pid of parsePids(hostFacts.read(join(directory, 'cgroup.procs')) ?? '')) moveTo(leaf, pid);
    }
  } catch (cause) {
    throw notAlone(directory, (cause as Error).message, cause);
  }
  throw notAlone(directory, 'other processes live in it');
}

function moveTo(leaf: string, pid: number): void {
  try {
    writeFileSync(join(leaf, 'cgroup.procs'), String(pid), { flag: 'r+' });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function notAlone(path: string, problem: string, cause?: unknown): TcError {
  return new TcError(problem, {
    code: 'CGROUP_NOT_DELEGATED',
    operation: 'use this process’s cgroup for containers',
    path,
    hint: 'Start it in one of its own: systemd-run --user --scope -p Delegate=yes -- COMMAND.',
    cause,
  });
}
