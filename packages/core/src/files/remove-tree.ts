import { opendir, rmdir, unlink } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import { TcError } from '@tc/linux';

/** Each level takes a few descriptors. */
export const maxDepth = 256;

export function tooDeep(operation: string): TcError {
  return new TcError(`directories are nested more than ${maxDepth} deep`, {
    code: 'TOO_DEEP',
    operation,
    hint: 'Do it from inside the container.',
  });
}

/** Removes an entry and all below it, but nothing that is mounted there. Links are removed, never followed. */
export async function removeTree(directory: Pin, name: Name, operation: string, depth = 0): Promise<void> {
  try {
    await unlink(directory.child(name));
    return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && depth > 0) return; // somebody else was faster
    if (code !== 'EISDIR') throw error;
  }
  if (depth === maxDepth) throw tooDeep(operation);
  {
    using below = directory.ownDirectory(name);
    for await (const entry of await opendir(below.path, { encoding: 'buffer' as BufferEncoding }))
      await removeTree(below, entry.name, operation, depth + 1);
  }
  await rmdir(directory.child(name));
}
