/**
 * Writes to stdout and stderr by their descriptors. `process.stdout` must not be touched: for a pipe, libuv then sets
 * O_NONBLOCK on what the container inherits, and its writes fail with EAGAIN when the reader is slow.
 */
import { writeSync } from 'node:fs';
import { exitCodes } from './exit-code.ts';

export function writeOut(text: string): void {
  try {
    writeAll(1, text);
  } catch (error) {
    // A reader that has gone is no error of ours: `tctl --help | head -1`. A full disk is.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit();
    writeError(`tctl: write to stdout: ${(error as Error).message}\n`);
    process.exit(exitCodes.ownError);
  }
}

export function writeError(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // There is nowhere left to say it.
  }
}

function writeAll(fd: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      // Somebody else made it non-blocking: it is written all the same, a little later.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
