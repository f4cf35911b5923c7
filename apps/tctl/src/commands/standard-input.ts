import { createReadStream } from 'node:fs';
import { isatty } from 'node:tty';
import { UsageError } from '../cli/usage-error.ts';

/** @throws UsageError where a person sits there: nobody types an archive */
export function standardInput(): AsyncIterable<Uint8Array> {
  if (isatty(0)) throw new UsageError('stdin is a terminal', 'Pipe an archive in, or name a file.');
  return createReadStream('', { fd: 0, highWaterMark: 1 << 18 });
}
