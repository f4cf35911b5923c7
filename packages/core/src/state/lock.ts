/** flock(2) on files, waited for without blocking the event loop. The kernel drops the locks of whoever dies. */
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { flock, miscConstants, TcError } from '@tc/linux';
import { noSuchContainer } from './errors.ts';
import { ifThere } from './files.ts';
import { runtimeFiles, stateFiles } from './layout.ts';
import { lockHolder } from './lock-holder.ts';

const { LOCK_EX, LOCK_SH, LOCK_NB } = miscConstants;

/** What holds these locks does so for milliseconds; on a machine that crawls for longer: a freeze alone may take 10 s. */
const usualPatienceMs = 60_000;
/** Where containers start all the time there is no turn for a clean-up, and no hurry. */
const cleanUpPatienceMs = 2000;

/** Closing the descriptor gives the lock back. @returns false where others hold it for longer than is usual. */
async function takeTurn(fd: number, operation: number, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!flock(fd, operation | LOCK_NB)) {
    if (performance.now() > deadline) return false;
    await sleep(1 + 2 * Math.random()); // in step with others one could always come too late
  }
  return true;
}

async function lockFile(path: string, operation: number, patienceMs = usualPatienceMs): Promise<number> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_CREAT, 0o600);
  try {
    if (await takeTurn(fd, operation, patienceMs)) return fd;
    const who = lockHolder(fd) ?? 'another';
    const hint = `The process ${who} holds it for too long: is it stopped?`;
    throw new TcError('it stays locked', { code: 'LOCK_TIMEOUT', operation: `lock ${path}`, path, hint });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * No clean-up happens meanwhile: state directories and names may be made and removed.
 * @throws TcError LOCK_TIMEOUT
 */
export async function whileMaking<T>(directory: string, act: () => T | Promise<T>): Promise<T> {
  return withLock(join(directory, runtimeFiles.lock), LOCK_SH, act);
}

/** Nobody makes or removes a state directory meanwhile. @throws TcError LOCK_TIMEOUT */
export async function whileNobodyMakes<T>(directory: string, act: () => T | Promise<T>): Promise<T> {
  return withLock(join(directory, runtimeFiles.lock), LOCK_EX, act, cleanUpPatienceMs);
}

async function withLock<T>(
  path: string,
  operation: number,
  act: () => T | Promise<T>,
  patienceMs?: number,
): Promise<T> {
  const fd = await lockFile(path, operation, patienceMs);
  try {
    return await act();
  } finally {
    closeSync(fd);
  }
}

/**
 * Nobody else starts, stops, changes or removes the container meanwhile.
 * @throws TcError CONTAINER_NOT_FOUND, LOCK_TIMEOUT
 */
export async function whileLocked<T>(stateDirectory: string, act: () => T | Promise<T>): Promise<T> {
  const path = join(stateDirectory, stateFiles.lock);
  const fd = await lockFile(path, LOCK_EX).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (fd === undefined) throw noSuchContainer(stateDirectory);
  try {
    if (fstatSync(fd).nlink === 0) throw noSuchContainer(stateDirectory); // removed while we waited
    return await act();
  } finally {
    closeSync(fd);
  }
}

/** The lock that a supervisor holds as long as it lives. @returns undefined where it does, or there is no directory. */
export function claim(stateDirectory: string): Disposable | undefined {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const fd = ifThere(() => openSync(stateDirectory, flags));
  if (fd === undefined) return undefined;
  let open = true;
  const close = () => {
    if (open) closeSync(fd);
    open = false;
  };
  // It may have been removed, or even made anew, between the two calls: then this lock is on nobody's directory.
  if (flock(fd, LOCK_EX | LOCK_NB) && isAt(fd, stateDirectory)) return { [Symbol.dispose]: close };
  close();
  return undefined;
}

function isAt(fd: number, path: string): boolean {
  const [opened, there] = [fstatSync(fd), lstatSync(path, { throwIfNoEntry: false })];
  return there?.ino === opened.ino && there.dev === opened.dev;
}
