/** Writing what a container shows to our own stdout and stderr, in order, and no faster than it is read there. */
import { write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';

export interface Sink {
  /** Settles when the kernel has all of it. Rejects with EPIPE or EIO where nobody is there to read it. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export function openSink(fd: 1 | 2): Sink {
  return isatty(fd) ? terminalSink(fd) : fileSink(fd);
}

/**
 * libuv opens a terminal anew for itself, so O_NONBLOCK is not set for all who share the descriptor: uv_tty_init. And it
 * is a ReadStream, as a WriteStream blocks: a terminal that stands still would keep us from hearing signals and keys.
 */
function terminalSink(fd: number): Sink {
  const stream = new ReadStream(fd, { writable: true });
  stream.on('error', () => {}); // each write is told of its own
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => stream.destroy(),
  };
}

const writeTo = promisify(write);
/** Longer than a reader needs, shorter than a person notices. */
const fullMs = 5;

/** Pipes and files are shared with others, and stay as they are. */
function fileSink(fd: number): Sink {
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        try {
          at += (await writeTo(fd, bytes, at, bytes.length - at, null)).bytesWritten;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
          await sleep(fullMs);
        }
      }
    },
    close() {},
  };
}
