/**
 * Making files. A file system that was mounted in a user namespace knows only the ids of that: for the host's root, who
 * has none there, it refuses to make anything (EOVERFLOW). The owner of the directory has one.
 */
import { closeSync, constants, mkdirSync, openSync, renameSync, symlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, symlink } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import { withFsIds } from '@tc/linux';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A new file, for its owner alone. @throws EEXIST */
export async function createFile(directory: Pin, name: Name): Promise<FileHandle> {
  const path = directory.child(name);
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  return await create(
    directory,
    () => open(path, flags, 0o600),
    () => {
      const fd = openSync(path, flags, 0o600);
      // By its descriptor: by now the path may be another file.
      return open(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK).finally(() => closeSync(fd));
    },
  );
}

/** A new directory, for its owner alone. @throws EEXIST */
export async function createDirectory(directory: Pin, name: Name): Promise<void> {
  const path = directory.child(name);
  await create(
    directory,
    () => mkdir(path, 0o700),
    () => mkdirSync(path, 0o700),
  );
}

/** @throws EEXIST */
export async function createLink(directory: Pin, name: Name, target: Buffer): Promise<void> {
  const path = directory.child(name);
  await create(
    directory,
    () => symlink(target, path),
    () => symlinkSync(target, path),
  );
}

/** Gives an entry of a directory another name, which it takes from what has it: rename(2). */
export async function giveName(directory: Pin, from: Name, to: Name): Promise<void> {
  const [oldPath, newPath] = [directory.child(from), directory.child(to)];
  await create(
    directory,
    () => rename(oldPath, newPath),
    () => renameSync(oldPath, newPath),
  );
}

async function create<T>(
  directory: Pin,
  plainly: () => Promise<T>,
  asOwner: () => T | Promise<T>,
): Promise<T> {
  try {
    return await plainly();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EOVERFLOW') throw error;
    return await withFsIds(directory.stats(), asOwner);
  }
}
