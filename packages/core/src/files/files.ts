/** The files of a container, from outside, whatever its processes make of them meanwhile. */
import { constants } from 'node:fs';
import { opendir, readlink, rmdir, unlink } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import { TcError } from '@tc/linux';
import { parseSize } from '../cgroups/index.ts';
import { type ContainerPath, readPath } from './container-path.ts';
import type { ContainerRoot } from './container-root.ts';
import { copyIn, copyOut } from './copy.ts';
import type { CopyOptions } from './copy-options.ts';
import type { CopyResult } from './copy-tree.ts';
import { type FileEntry, toEntry } from './entry.ts';
import { doing, tooLarge } from './failures.ts';
import { type MakeDirectoryOptions, makeDirectory } from './make-directory.ts';
import { readAll } from './read-file.ts';
import { removeTree } from './remove-tree.ts';
import { type WalkedEntry, walkTree } from './walk-tree.ts';
import { type OwnerOptions, writeFile } from './write-file.ts';

export interface ReadOptions {
  /** An error where the file has more. Default `64m`. */
  maxBytes?: number | string;
}

export interface ListOptions {
  /** An error where the directory has more. Default 100,000. */
  maxEntries?: number;
}

export interface StatOptions {
  /** Of what a link leads to, not of the link. Default `true`. */
  follow?: boolean;
}

export interface RemoveOptions {
  /** A directory with all that is in it; it is no error where there is nothing. */
  recursive?: boolean;
}

/**
 * Works while the container runs, on what its first process sees; and while it does not, on what is on disk. Paths are
 * the container's, from its root; its links are followed inside it and never out of it. What is written appears at
 * once and whole, and takes the place of what had the name, also where that was a link.
 *
 * Errors have the codes of errno(3) (`ENOENT`, `EISDIR`, ...), and: INVALID_OPTION; READ_ONLY; NOT_A_FILE for devices,
 * FIFOs and sockets; TOO_LARGE; TOO_DEEP; ID_NOT_MAPPED; CONTAINER_NOT_RUNNING where an ordinary user asks for a stopped
 * container's overlay.
 */
export interface ContainerFiles {
  read(path: string, options?: ReadOptions): Promise<Buffer<ArrayBuffer>>;
  read(path: string, options: ReadOptions & { encoding: BufferEncoding }): Promise<string>;
  /** Default: owner and mode of the file whose place it takes, else the container's root user and 0644. */
  write(path: string, data: string | Uint8Array, options?: OwnerOptions): Promise<void>;
  /** In order of their names. */
  list(path: string, options?: ListOptions): Promise<FileEntry[]>;
  stat(path: string, options?: StatOptions): Promise<FileEntry>;
  /** Default: the container's root user and 0755. */
  mkdir(path: string, options?: MakeDirectoryOptions): Promise<void>;
  /** Does not remove what is mounted: EXDEV, EBUSY. */
  remove(path: string, options?: RemoveOptions): Promise<void>;
  /**
   * Copies a file or a tree; the paths name it on both sides, as with `fs.cp`. Modes and times are kept, links stay
   * links. A directory that is there is filled.
   */
  copyIn(hostPath: string, containerPath: string, options?: CopyOptions): Promise<CopyResult>;
  /** The other way round. @throws TcError HOST_PATH_IS_A_LINK, NOT_A_DIRECTORY: nothing is written through links */
  copyOut(containerPath: string, hostPath: string, options?: CopyOptions): Promise<CopyResult>;
  /**
   * Calls `visit` for what the path leads to and, of a directory, for all below it: each directory before what is in
   * it, one after another, and an entry can be read until its `visit` ends. Directories where the kernel shows what is no
   * file of the container (proc, sysfs, cgroups) are not entered on the way. Nothing is limited but the depth.
   */
  walk(path: string, visit: (entry: WalkedEntry) => Promise<void>): Promise<void>;
}

/** Opens the root of a container for `use`, and closes it after. */
export type WithRoot = <T>(use: (root: ContainerRoot) => Promise<T>) => Promise<T>;

type Act<T> = (root: ContainerRoot, path: ContainerPath, operation: string) => Promise<T>;

export function containerFiles(withRoot: WithRoot): ContainerFiles {
  const reading = async <T>(verb: string, path: string, act: Act<T>): Promise<T> => {
    const operation = `${verb} ${path}`;
    const where = readPath(path, operation);
    return await doing(operation, where.path, () => withRoot((root) => act(root, where, operation)));
  };
  const writing = <T>(verb: string, path: string, act: Act<T>): Promise<T> =>
    reading(verb, path, (root, where, operation) => {
      if (root.readOnly !== undefined) throw readOnly(root.readOnly, operation, where.path);
      return act(root, where, operation);
    });
  /** Something other than the root itself. */
  const naming = <T>(
    verb: string,
    path: string,
    act: (directory: Pin, name: string, ...rest: Parameters<Act<T>>) => Promise<T>,
  ) =>
    writing(verb, path, async (root, where, operation) => {
      if (where.name === '') throw isRoot(operation);
      using directory = root.pin.resolve(where.parent, constants.O_DIRECTORY);
      return await act(directory, where.name, root, where, operation);
    });

  function read(path: string, options?: ReadOptions): Promise<Buffer<ArrayBuffer>>;
  function read(path: string, options: ReadOptions & { encoding: BufferEncoding }): Promise<string>;
  function read(path: string, options: ReadOptions & { encoding?: BufferEncoding } = {}) {
    return reading('read', path, async ({ pin }, where, operation) => {
      const { maxBytes = '64m', encoding } = options;
      using file = pin.resolve(where.path);
      const bytes = await readAll(file, parseSize(maxBytes, operation), operation, where.path);
      return encoding === undefined ? bytes : bytes.toString(encoding);
    }) as Promise<Buffer<ArrayBuffer>> & Promise<string>;
  }

  return {
    read,
    write: (path, data, options = {}) =>
      naming('write', path, (directory, name, root, _, operation) =>
        writeFile(root, directory, name, data, options, operation),
      ),
    list: (path, { maxEntries = 100_000 } = {}) =>
      reading('list', path, async (root, where, operation) => {
        using directory = root.pin.resolve(where.path, constants.O_DIRECTORY);
        const entries: FileEntry[] = [];
        for await (const { name } of await opendir(directory.path, {
          encoding: 'buffer' as BufferEncoding,
        })) {
          if (entries.length === maxEntries)
            throw tooLarge(`it has more than ${maxEntries} entries`, operation, where.path);
          const entry = await entryOf(root, directory, name);
          if (entry !== undefined) entries.push(entry);
        }
        return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    stat: (path, { follow = true } = {}) =>
      reading('stat', path, async (root, where) => {
        if (follow || where.name === '') {
          using file = root.pin.resolve(where.path);
          return toEntry(where.name === '' ? '/' : where.name, file.stats(), root.ids, undefined);
        }
        using directory = root.pin.resolve(where.parent, constants.O_DIRECTORY);
        using entry = directory.entry(where.name);
        return await describe(root, directory, where.name, entry);
      }),
    mkdir: (path, options = {}) =>
      writing('make the directory', path, async (root, where, operation) => {
        if (where.name === '' && !options.recursive) throw isRoot(operation);
        await makeDirectory(root, where, options, operation);
      }),
    remove: (path, { recursive = false } = {}) =>
      naming('remove', path, async (directory, name, _root, _where, operation) => {
        try {
          if (recursive) await removeTree(directory, name, operation);
          else await removeOne(directory, name);
        } catch (error) {
          if (!recursive || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }),
    copyIn: (hostPath, containerPath, options = {}) =>
      writing(`copy ${hostPath} to`, containerPath, (root, where, operation) =>
        copyIn(root, hostPath, where, options, operation),
      ),
    copyOut: (containerPath, hostPath, options = {}) =>
      reading(`copy to ${hostPath}:`, containerPath, (root, where, operation) =>
        copyOut(root, where, hostPath, options, operation),
      ),
    walk: (path, visit) =>
      reading('read', path, async (root, where, operation) => {
        using source = root.pin.resolve(where.path);
        await walkTree(source, { path: Buffer.from(where.name), ids: root.ids, operation, visit });
      }),
  };
}

async function removeOne(directory: Pin, name: Name): Promise<void> {
  try {
    await unlink(directory.child(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    await rmdir(directory.child(name));
  }
}

/** @returns undefined where it was removed meanwhile */
async function entryOf(root: ContainerRoot, directory: Pin, name: Name): Promise<FileEntry | undefined> {
  try {
    using entry = directory.entry(name);
    return await describe(root, directory, name, entry);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function describe(root: ContainerRoot, directory: Pin, name: Name, entry: Pin): Promise<FileEntry> {
  const stats = entry.stats();
  // It may have become something else since: then its target is not known.
  const target = stats.isSymbolicLink()
    ? await readlink(directory.child(name)).catch(() => undefined)
    : undefined;
  return toEntry(name.toString(), stats, root.ids, target);
}

function readOnly(problem: string, operation: string, path: string): TcError {
  const hint = 'Write to it while it runs, or to a mount of the host’s that it has.';
  return new TcError(problem, { code: 'READ_ONLY', operation, path, hint });
}

function isRoot(operation: string): TcError {
  const hint = 'Give a path below it.';
  return new TcError('it is the root directory', { code: 'INVALID_OPTION', operation, hint });
}
