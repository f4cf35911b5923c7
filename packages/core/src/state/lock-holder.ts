/** Who holds an flock(2), for the message of whoever waits in vain. */
import { type BigIntStats, fstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`, by proc_locks(5); who waits has `->` before FLOCK. */
const flockLine = /^\d+: FLOCK +ADVISORY +(?:READ|WRITE) +(\d+) [\da-f]+:[\da-f]+:(\d+) /;

/** Pids of those that hold a lock on an inode. The device that it tells is not always stat(2)'s, so it is left out. */
export function parseHolders(procLocks: string, inode: bigint): number[] {
  return procLocks.split('\n').flatMap((line) => {
    const [, pid, locked] = flockLine.exec(line) ?? [];
    return locked !== undefined && BigInt(locked) === inode ? [Number(pid)] : [];
  });
}

/** @returns its pid and name, as `1234 (node)`; undefined where it is not ours to see, or gone meanwhile */
export function lockHolder(fd: number): string | undefined {
  try {
    const file = fstatSync(fd, { bigint: true });
    const pid = parseHolders(readFileSync('/proc/locks', 'latin1'), file.ino).find((each) =>
      hasOpen(each, file),
    );
    return pid === undefined ? undefined : `${pid} (${nameOf(pid)})`;
  } catch {
    return undefined; // it is one more thing that went wrong, and nothing that anybody asked for
  }
}

/** The kernel tells who took the lock; a child may have got the descriptor from it, and outlive it. */
function hasOpen(pid: number, { dev, ino }: BigIntStats): boolean {
  try {
    const directory = `/proc/${pid}/fd`;
    return readdirSync(directory).some((name) => {
      const open = statSync(join(directory, name), { bigint: true, throwIfNoEntry: false });
      return open?.ino === ino && open.dev === dev;
    });
  } catch {
    return false;
  }
}

/** A process chooses its own name: only letters that can't do anything to a terminal. */
function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'latin1').replaceAll(/[^\x20-\x7e]/g, '');
}
