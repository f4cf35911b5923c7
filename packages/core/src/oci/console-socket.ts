import { resolve } from 'node:path';
import { TcError } from '@tc/linux';

/** Of sun_path, without the byte that ends it: unix(7). */
const longestBytes = 107;

/** @returns its whole path @throws TcError INVALID_OPTION */
export function consoleSocketAt(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (Buffer.byteLength(path) <= longestBytes) return path;
  throw new TcError(`the path of a socket has at most ${longestBytes} bytes`, {
    code: 'INVALID_OPTION',
    operation: 'connect to the console socket',
    path,
    hint: 'Put it into a directory with a shorter path.',
  });
}
