/** Reading our own stdin for a container, whatever it is. */
import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';

export function openInput(): Readable {
  const stream = open();
  stream.on('error', () => {}); // its end follows
  return stream;
}

function open(): Readable {
  if (isatty(0)) return new ReadStream(0);
  const stats = fstatSync(0);
  if (stats.isFIFO()) return new Socket({ fd: openPipe(), readable: true, writable: false });
  if (stats.isSocket()) return new Socket({ fd: 0, readable: true, writable: false });
  return createReadStream('', { fd: 0, autoClose: false });
}

/** Opened anew, its O_NONBLOCK is not that of others who read from it too: pipe(7), open(2). */
function openPipe(): number {
  try {
    return openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    // Of another user, as with `echo yes | sudo -u somebody tctl attach`: then it is as it came, as process.stdin is.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return 0;
    throw error;
  }
}
