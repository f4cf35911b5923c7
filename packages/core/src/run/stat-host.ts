import { type Stats, statSync } from 'node:fs';
import { SyscallError } from '@tc/linux';
import { invalid } from './invalid.ts';

/** stat(2) of a path that the user gave. @returns undefined where nothing is there. @throws TcError */
export function statHost(path: string, operation: string): Stats | undefined {
  if (path.includes('\0'))
    invalid(`${JSON.stringify(path)} is not a path`, operation, 'Paths have no NUL character.');
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const { errno = 0 } = cause as NodeJS.ErrnoException;
    const hint = 'Check the path, and that you may search each directory of it.';
    throw new SyscallError({ call: 'stat', errno: -errno, args: [path], operation, path, hint });
  }
}
