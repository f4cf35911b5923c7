/** /etc/passwd and /etc/group of a root file system that nobody vouches for. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { lookUpMerged } from '../layers/look-up.ts';
import { Pin } from '../pin.ts';
import type { AccountFiles } from './find-user.ts';

const maxFileBytes = 8 * 2 ** 20;

/** Of a directory that may be the root of what runs: links lead where they lead inside. */
export function accountsOfRoot(root: Pin): AccountFiles {
  return { passwd: () => read(root, 'etc/passwd'), group: () => read(root, 'etc/group') };
}

/**
 * Of the topmost layer that has the file; a link leads where it would lead in a container, in one layer.
 * @param layers the topmost first
 */
export function accountsOfLayers(layers: readonly string[]): AccountFiles {
  const readMerged = (path: string): string => {
    try {
      const layer = lookUpMerged(layers, path);
      if (layer === undefined) return '';
      using root = Pin.host(layer, constants.O_DIRECTORY);
      return read(root, path);
    } catch {
      return ''; // a layer that the caller may not look into: numbers need no account
    }
  };
  return { passwd: () => readMerged('etc/passwd'), group: () => readMerged('etc/group') };
}

/** What it is is known before it is opened: to open a device may do something, and to open a FIFO may take for ever. */
function read(root: Pin, path: string): string {
  try {
    using file = root.resolve(path);
    const stats = file.stats();
    if (!stats.isFile() || stats.size > maxFileBytes) return '';
    return readFrom(file.path, stats.size);
  } catch {
    return '';
  }
}

/** No more than it had: somebody may write to it faster than we read. */
function readFrom(path: string, size: number): string {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(size);
    let length = 0;
    for (let read = -1; read !== 0 && length < size; length += read) {
      read = readSync(fd, bytes, length, size - length, null);
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(fd);
  }
}
