/** Copies files from one pinned directory to another. Neither side is trusted to stay as it is meanwhile. */
import { lstatSync, type Stats } from 'node:fs';
import { chmod, chown, type FileHandle, lchown, lutimes, opendir, readlink, utimes } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import { TcError } from '@tc/linux';
import { createDirectory } from './create.ts';
import { typeOf } from './entry.ts';
import { tooLarge } from './failures.ts';
import { openRegular, piecesOf } from './read-file.ts';
import { maxDepth, tooDeep } from './remove-tree.ts';
import { placeFile, placeLink } from './temporary.ts';

export interface CopyResult {
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  readonly bytes: number;
  /** Devices, FIFOs and sockets, by their paths below what was copied: they are left out. */
  readonly skipped: readonly string[];
}

export interface CopyRules {
  readonly operation: string;
  /** Who gets the copy; undefined: whoever makes it. */
  owner(stats: Stats): { readonly uid: number; readonly gid: number } | undefined;
  /** Refuses to take the place of a device, a FIFO or a socket. */
  readonly sparesSpecial: boolean;
  /** Bits of the mode that are kept. */
  readonly modeBits: number;
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export class TreeCopy {
  readonly #rules: CopyRules;
  readonly #result = { files: 0, directories: 0, links: 0, bytes: 0, skipped: [] as string[] };
  #entries = 0;

  constructor(rules: CopyRules) {
    this.#rules = rules;
  }

  get result(): CopyResult {
    return this.#result;
  }

  /**
   * Copies what `source` is to an entry of a directory. A file takes the place of what has the name; a directory is
   * filled where it is there.
   * @param linkTarget where `source` says it leads, where it is a link
   */
  async copy(
    source: Pin,
    target: { readonly directory: Pin; readonly name: Name },
    path: string,
    linkTarget: Buffer | undefined,
    depth = 0,
  ): Promise<void> {
    this.#entries += 1;
    const { operation, maxEntries, sparesSpecial } = this.#rules;
    if (this.#entries > maxEntries)
      throw tooLarge(`there are more than ${maxEntries} files`, operation, path);
    const stats = source.stats();
    const { directory, name } = target;
    const type = typeOf(stats);
    if (sparesSpecial && (type === 'file' || type === 'link'))
      refuseSpecial(directory, name, operation, path);
    if (type === 'file') {
      await placeFile(directory, name, (file) => this.#fill(source, file, stats, path));
      this.#result.files += 1;
    } else if (type === 'link' && linkTarget !== undefined) {
      await placeLink(directory, name, linkTarget, async (made) => {
        const owner = this.#rules.owner(stats);
        if (owner !== undefined) await lchown(made, owner.uid, owner.gid);
        await lutimes(made, stats.atime, stats.mtime);
      });
      this.#result.links += 1;
    } else if (type === 'directory') {
      const made = await makeDirectory(directory, name);
      using to = openDirectory(directory, name, operation, path);
      await this.fill(source, to, path, depth);
      if (made) await this.#finish(to.path, stats);
      this.#result.directories += 1;
    } else this.#result.skipped.push(path);
  }

  /** Copies what is in a directory into another. */
  async fill(source: Pin, target: Pin, path: string, depth = 0): Promise<void> {
    if (depth === maxDepth) throw tooDeep(this.#rules.operation);
    const entries = await opendir(source.path, { encoding: 'buffer' as BufferEncoding });
    for await (const entry of entries) {
      const name = Buffer.from(entry.name as string);
      const below = path === '' ? name.toString() : `${path}/${name}`;
      const found = await entryOf(source, name);
      if (found === undefined) continue;
      using pin = found.pin;
      await this.copy(pin, { directory: target, name }, below, found.linkTarget, depth + 1);
    }
  }

  async #fill(source: Pin, file: FileHandle, stats: Stats, path: string): Promise<void> {
    const { operation, maxBytes } = this.#rules;
    const from = await openRegular(source, operation, path);
    try {
      for await (const piece of piecesOf(from)) {
        this.#result.bytes += piece.length;
        if (this.#result.bytes > maxBytes)
          throw tooLarge(`there are more than ${maxBytes} bytes`, operation, path);
        await file.writeFile(piece);
      }
    } finally {
      await from.close();
    }
    const owner = this.#rules.owner(stats);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    // After chown(2), which takes setuid bits away.
    await file.chmod(stats.mode & this.#rules.modeBits);
    await file.utimes(stats.atime, stats.mtime);
  }

  /** @param path of a pinned directory */
  async #finish(path: string, stats: Stats): Promise<void> {
    const owner = this.#rules.owner(stats);
    if (owner !== undefined) await chown(path, owner.uid, owner.gid);
    await chmod(path, stats.mode & this.#rules.modeBits);
    await utimes(path, stats.atime, stats.mtime);
  }
}

/** @throws TcError HOST_PATH_NOT_A_FILE */
function refuseSpecial(directory: Pin, name: Name, operation: string, path: string): void {
  const there = lstatSync(directory.child(name), { throwIfNoEntry: false });
  if (there === undefined || there.isFile() || there.isSymbolicLink() || there.isDirectory()) return;
  throw new TcError(`there is a ${typeOf(there)} on the host, whose place it would take`, {
    code: 'HOST_PATH_NOT_A_FILE',
    operation,
    path,
    hint: 'Give another path.',
  });
}

/** @returns whether it was not there */
async function makeDirectory(directory: Pin, name: Name): Promise<boolean> {
  try {
    await createDirectory(directory, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function openDirectory(directory: Pin, name: Name, operation: string, path: string): Pin {
  try {
    return directory.directory(name);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOTDIR' && code !== 'ELOOP') throw cause;
    throw new TcError('there is a link or a file where a directory is to be', {
      code: 'NOT_A_DIRECTORY',
      operation,
      path,
      hint: 'Remove it first: nothing is copied through a link.',
      cause,
    });
  }
}

export interface Found {
  readonly pin: Pin;
  readonly linkTarget: Buffer | undefined;
}

/** @returns undefined where it was removed meanwhile */
export async function entryOf(directory: Pin, name: Name): Promise<Found | undefined> {
  for (let turn = 1; ; turn += 1) {
    let pin: Pin | undefined;
    try {
      pin = directory.entry(name);
      if (!pin.stats().isSymbolicLink()) return { pin, linkTarget: undefined };
      return { pin, linkTarget: await readlink(directory.child(name), { encoding: 'buffer' }) };
    } catch (error) {
      pin?.[Symbol.dispose]();
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      if (code !== 'EINVAL' || turn === linkTries) throw error; // readlink(2): it is no link any more
    }
  }
}

/** A link may become something else between two looks at it; who does that on purpose gets an error. */
const linkTries = 100;
