import { constants } from 'node:os';
import { systemCall } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/** A piece of a file that is not a hole. */
export interface DataExtent {
  readonly offset: number;
  readonly length: number;
}

const [SEEK_DATA, SEEK_HOLE] = [3, 4];

/** Which parts of a file of so many bytes are there: lseek(2). Where the file system can't tell, it is all of it. */
export function dataExtents(fd: number, size: number): DataExtent[] {
  const extents: DataExtent[] = [];
  for (let at = 0; at < size; ) {
    const offset = seek(fd, at, SEEK_DATA);
    if (offset === undefined || offset >= size) break;
    const end = Math.min(seek(fd, offset, SEEK_HOLE) ?? size, size);
    extents.push({ offset, length: end - offset });
    at = end;
  }
  return extents;
}

/** @returns undefined beyond the last of what is sought */
function seek(fd: number, from: number, whence: number): number | undefined {
  try {
    return systemCall('lseek', fd, from, whence);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === constants.errno.ENXIO) return undefined;
    throw error;
  }
}
