/** Writing so that a power failure leaves the old state or the new one: fsync, then rename(2), then fsync of the directory. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A directory's own entries are on the disk: fsync(2) says that this takes a call of its own. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

let count = 0;

/** @param staging a directory of the same file system, whose content is nobody's after a crash */
export function writeDurably(path: string, content: string | Uint8Array, staging: string): void {
  count += 1;
  const temporary = join(staging, `.write-${process.pid}-${count}`);
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    let rest: Uint8Array = Buffer.from(content);
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  placeDurably(temporary, path);
}

/** @returns false where something is there already: a directory, which rename(2) does not replace */
export function placeDurably(from: string, to: string): boolean {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
  syncDirectory(dirname(to));
  return true;
}

/** mkdir -p, each of them for its owner alone. */
export function makeDirectories(...paths: readonly string[]): void {
  for (const path of paths) mkdirSync(path, { recursive: true, mode: 0o700 });
}
