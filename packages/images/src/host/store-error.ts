import { type ErrnoCode, type ErrorCode, TcError } from '@tc/linux';

const codes: Readonly<Record<string, readonly [code: ErrorCode, hint: string]>> = {
  EACCES: ['DATA_DIR_NOT_WRITABLE', 'Choose a directory of your own with TCTL_DATA_DIR or `dataDir`.'],
  EPERM: ['DATA_DIR_NOT_WRITABLE', 'Choose a directory of your own with TCTL_DATA_DIR or `dataDir`.'],
  EROFS: ['DATA_DIR_NOT_WRITABLE', 'Choose a writable file system with TCTL_DATA_DIR or `dataDir`.'],
  ENOTDIR: ['DATA_DIR_NOT_WRITABLE', 'A part of the path is a file: choose another with TCTL_DATA_DIR.'],
  EEXIST: ['DATA_DIR_NOT_WRITABLE', 'A part of the path is a file: choose another with TCTL_DATA_DIR.'],
  ENOSPC: ['DATA_DIR_FULL', 'Free some space, or choose another file system with TCTL_DATA_DIR.'],
  EDQUOT: ['DATA_DIR_FULL', 'Your disk quota is used up: choose another place with TCTL_DATA_DIR.'],
};

interface StoreErrorWords {
  readonly operation?: string;
  /** The code where the file system's says nothing of its own. */
  readonly otherwise?: ErrorCode | ErrnoCode;
}

/** A failed write below the data directory as an error that says what to do about it. */
export function storeError(
  error: unknown,
  path: string,
  { operation = 'make the host image', otherwise = 'HOST_IMAGE_FAILED' }: StoreErrorWords = {},
): TcError {
  if (error instanceof TcError && !(error.code in codes)) return error;
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [code, hint] = codes[errno] ?? [otherwise, undefined];
  const problem = error instanceof Error ? error.message : String(error);
  return new TcError(problem, { code, operation, path, hint, cause: error });
}
