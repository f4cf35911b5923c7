import { SyscallError, TcError } from '@tc/linux';

/**
 * Has what the file system refuses say what was being done, with the path as the caller knows it. The code stays the
 * errno's name: `ENOENT`, `EACCES`.
 */
export async function doing<T>(operation: string, path: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { errno, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof SyscallError) {
      if (error.path !== undefined) throw error; // of something else that was done on the way: with a path of the host
      throw new SyscallError({ call: error.call, errno: error.errno, operation, path });
    }
    if (error instanceof TcError || typeof errno !== 'number') throw error;
    throw new SyscallError({ call: syscall ?? 'open', errno: -errno, operation, path, hint: hints[-errno] });
  }
}

/** By errno(3). */
const hints: Readonly<Record<number, string>> = {
  1: 'As an ordinary user, only what belongs to the root user of the container can be changed.',
  13: 'As an ordinary user, only what belongs to the root user of the container can be changed.',
  16: 'Something is mounted there: write to what is mounted, or from inside the container.',
  30: 'The container’s root file system is read-only there.',
};

export function notAFile(operation: string, path: string, type: string): TcError {
  const hint =
    'Only the contents of regular files are read: opening anything else may block or do something.';
  return new TcError(`it is a ${type}`, { code: 'NOT_A_FILE', operation, path, hint });
}

export function tooLarge(what: string, operation: string, path: string): TcError {
  const hint = 'Give a larger limit.';
  return new TcError(what, { code: 'TOO_LARGE', operation, path, hint });
}
