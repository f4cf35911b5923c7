/** Where an attachment's input goes: the other end of a container's stdin, or the master of its terminal. */
import { closeSync, constants, openSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fcntl } from '@tc/linux';

export interface AttachedInput {
  /** Settles when the kernel has all of it. Rejects with EPIPE or EIO when nobody can read it any more. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** @param fd of the pipe; it is closed */
export function pipeInput(fd: number): AttachedInput {
  try {
    // Opened anew, its O_NONBLOCK is not the supervisor's: pipe(7), open(2).
    const own = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd: own, readable: false, writable: true });
    socket.on('error', () => {}); // each write is told of its own
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => {
          socket.write(bytes, (error) => (error ? reject(error) : resolve()));
        }),
      close: () => socket.destroy(),
    };
  } finally {
    closeSync(fd);
  }
}

const writeTo = promisify(write);
/** Longer than a program takes to read what it was sent, shorter than a person notices. */
const fullMs = 10;

/**
 * A master can't be opened anew (that would make a new terminal), so it keeps the flags that all who have it share, and
 * libuv has no way to wait until it can be written to. It is full only where a program does not read its terminal.
 * @param fd of the master; `close` closes it
 */
export function terminalInput(fd: number): AttachedInput {
  const [F_GETFL, F_SETFL] = [3, 4];
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | constants.O_NONBLOCK);
  const closing = new AbortController();
  let last: Promise<void> = Promise.resolve();

  const writeAll = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      closing.signal.throwIfAborted();
      try {
        at += (await writeTo(fd, bytes, at, bytes.length - at, null)).bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await sleep(fullMs, undefined, { signal: closing.signal });
      }
    }
  };

  return {
    write(bytes) {
      const copy = Uint8Array.from(bytes);
      const written = last.then(() => writeAll(copy));
      last = written.catch(() => {});
      return written;
    },
    close() {
      if (closing.signal.aborted) return;
      closing.abort();
      // Not while a write is under way: the number could mean another file by then.
      void last.then(() => closeSync(fd));
    },
  };
}
