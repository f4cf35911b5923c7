import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SyscallError } from '@tc/linux';
import { hasErrno } from '../state/files.ts';

/**
 * mkdir -p. Parents are made with the mode 0755. Of several that make it at the same time one is told so. Node's own,
 * `recursive`, never ends below a directory that takes no entries, such as /proc, and tells nobody.
 * @returns whether it was made by this call
 * @throws SyscallError
 */
export function makeDirectory(path: string, mode: number, operation: string): boolean {
  try {
    return make(path, mode);
  } catch (error) {
    const { errno = 0, path: at = path } = error as NodeJS.ErrnoException;
    const hint = 'The data directory must be one that you may write to: set TCTL_DATA_DIR.';
    throw new SyscallError({ call: 'mkdir', errno: -errno, args: [at], operation, path: at, hint });
  }
}

function make(path: string, mode: number): boolean {
  try {
    return makeOne(path, mode);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT') || dirname(path) === path) throw error;
  }
  make(dirname(path), 0o755);
  return makeOne(path, mode);
}

function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}
