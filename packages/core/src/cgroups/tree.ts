import { constants, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePids, readOptional } from '@tc/linux';

// What the parts that act on existing cgroups share.

/** errno names of what vanished in the meantime: ENODEV is a file of a cgroup that was removed while it was open. */
const GONE = new Set(['ENOENT', 'ENODEV', 'ESRCH']);

export function isGone(error: unknown): boolean {
  return GONE.has((error as NodeJS.ErrnoException).code ?? '');
}

/** A cgroup and those below it, deepest first. None if it is gone. */
export function treeOf(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const below = entries.filter((entry) => entry.isDirectory());
    return [...below.flatMap(({ name }) => treeOf(join(directory, name))), directory];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Writes to a file that this kernel or hierarchy may not have. */
export function writeOptional(path: string, value: string): boolean {
  try {
    // O_CREAT is EACCES on a cgroup file system, and O_RDWR on cgroup.kill, which its owner may only write to.
    writeFileSync(path, value, { flag: constants.O_WRONLY as unknown as string });
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** The processes in a cgroup itself. 0 is one outside this process's PID namespace. */
export function pidsIn(directory: string): number[] {
  return parsePids(readOptional(join(directory, 'cgroup.procs')) ?? '');
}

/** Asks again, at first after a millisecond and then less often, until it is so or the time is up. */
export async function until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let delayMs = 1; !isSo(); delayMs = Math.min(delayMs * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(delayMs);
  }
  return true;
}
