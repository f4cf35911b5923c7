/** flock(2) between processes. Whoever dies has given its locks back. */
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { flock, miscConstants, TcError } from '@tc/linux';

const { LOCK_EX, LOCK_SH, LOCK_NB } = miscConstants;

export interface HeldLock extends Disposable {
  readonly fd: number;
}

function held(fd: number): HeldLock {
  let open = true;
  return {
    fd,
    [Symbol.dispose]: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/**
 * @param kind `shared` with others of the same kind, or `exclusive`
 * @param patienceMs how long to wait for others
 * @returns undefined where others hold it for longer
 */
export async function lock(
  path: string,
  kind: 'shared' | 'exclusive',
  patienceMs: number,
): Promise<HeldLock | undefined> {
  const deadline = performance.now() + patienceMs;
  const fd = openSync(path, constants.O_RDONLY | constants.O_CREAT, 0o600);
  try {
    while (!flock(fd, (kind === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
      if (performance.now() >= deadline) {
        closeSync(fd);
        return undefined;
      }
      await sleep(2 + 8 * Math.random());
    }
    return held(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A shared lock on a file that others may remove meanwhile. @returns undefined where it is gone */
export function lockFile(path: string, kind: 'shared' | 'exclusive'): HeldLock | 'busy' | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const lock = held(fd);
  if (!flock(fd, (kind === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
    lock[Symbol.dispose]();
    return 'busy';
  }
  if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return lock;
  lock[Symbol.dispose]();
  return undefined;
}

export function storeBusy(operation: string): TcError {
  return new TcError('another process adds or removes images', {
    code: 'IMAGE_STORE_BUSY',
    operation,
    hint: 'Try again when it is done.',
  });
}
