import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { UsageError } from '../cli/usage-error.ts';

/**
 * Not read(2) in a thread, as of a file: where nothing comes, Node.js could not even exit before that thread has ended.
 * @throws UsageError where a person sits there: nobody types an archive
 */
export function standardInput(): Readable {
  if (isatty(0)) throw new UsageError('stdin is a terminal', 'Pipe an archive in, or name a file.');
  return process.stdin;
}
