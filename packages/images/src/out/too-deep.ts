import { TcError } from '@tc/linux';

/** Each level takes a descriptor of each layer, and a part of the stack. */
const maxDepth = 1024;

/** A path of usual length does not get as far; a process that makes one directory in the other does. @throws TcError TOO_DEEP */
export function checkDepth(depth: number): void {
  if (depth <= maxDepth) return;
  throw new TcError(`directories are nested more than ${maxDepth} deep`, {
    code: 'TOO_DEEP',
    operation: 'read a tree of files',
    hint: 'Do it from inside the container.',
  });
}
