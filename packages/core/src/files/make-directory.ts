import { constants } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { posix } from 'node:path';
import type { ContainerPath } from './container-path.ts';
import type { ContainerRoot } from './container-root.ts';
import { createDirectory } from './create.ts';
import { attributesFor, type OwnerOptions } from './write-file.ts';

export interface MakeDirectoryOptions extends OwnerOptions {
  /** Make what leads to it too, and take it where it is there. */
  recursive?: boolean;
}

export async function makeDirectory(
  root: ContainerRoot,
  { path, parent, name }: ContainerPath,
  options: MakeDirectoryOptions,
  operation: string,
): Promise<void> {
  const { recursive = false } = options;
  if (recursive && isDirectory(root, path)) return;
  if (recursive && !isDirectory(root, parent)) {
    const above = { path: parent, parent: posix.dirname(parent), name: posix.basename(parent) };
    await makeDirectory(root, above, options, operation);
  }
  const { uid, gid, mode } = attributesFor(root, options, undefined, 0o755, operation);
  using directory = root.pin.resolve(parent, constants.O_DIRECTORY);
  try {
    await createDirectory(directory, name);
  } catch (error) {
    // Somebody else was faster; anything but a directory is refused by what comes next.
    if (!recursive || (error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    directory.directory(name)[Symbol.dispose]();
    return;
  }
  using made = directory.directory(name);
  const stats = made.stats();
  if (stats.uid !== uid || stats.gid !== gid) await chown(made.path, uid, gid);
  await chmod(made.path, mode);
}

function isDirectory({ pin }: ContainerRoot, path: string): boolean {
  try {
    using found = pin.resolve(path);
    return found.stats().isDirectory();
  } catch {
    return false;
  }
}
