/**
 * Whether a supervisor lives, and when it ends. It has the FIFO `alive` of its state directory open as long as it
 * lives, and the kernel closes it whatever it dies of. So any process can wait, without a pid and without polling.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { stateFiles } from './layout.ts';

/** Opening for reading alone, without waiting for a writer: fifo(7). */
const how = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Whether the state directory has a supervisor right now. */
export function isAlive(stateDirectory: string): boolean {
  const fd = openAlive(stateDirectory);
  if (fd !== undefined) closeSync(fd);
  return fd !== undefined;
}

export interface WaitOptions {
  /** Aborting it rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Let the process exit meanwhile. */
  unref?: boolean;
}

/**
 * Settles when the supervisor has ended, at once where there is none. By then it has written everything: the log,
 * `exited`, its events.
 */
export async function whenSupervisorEnds(stateDirectory: string, options: WaitOptions = {}): Promise<void> {
  const { signal, unref = false } = options;
  signal?.throwIfAborted();
  const fd = openAlive(stateDirectory);
  if (fd === undefined) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new Socket({ fd, readable: true, writable: false });
  const abort = () => {
    reject(signal?.reason);
    socket.destroy();
  };
  signal?.addEventListener('abort', abort, { once: true });
  // Nobody ever writes to it: an error is an end too.
  socket.on('error', () => {});
  socket.on('close', () => resolve());
  socket.resume();
  if (unref) socket.unref();
  try {
    await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** @returns undefined where nobody has it open for writing. */
function openAlive(stateDirectory: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(`${stateDirectory}/${stateFiles.alive}`, how);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    // epoll(7) says nothing of a FIFO that had no writer from the start: only read(2) tells, by giving its end.
    readSync(fd, Buffer.alloc(1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return fd;
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}
