/** The directories of a tree in the making, each opened once and beneath the root: no link in the tree leads out. */
import { constants, mkdirSync } from 'node:fs';
import { openat2, openFlags, Pin, resolveFlags, SyscallError } from '@tc/linux';
import { layerError } from './rules.ts';

const { RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_XDEV } = resolveFlags;
const how = {
  flags: openFlags.O_PATH | constants.O_DIRECTORY,
  resolve: RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
};
/** Members of one directory follow each other; a few more help where a tree is walked. */
const mostOpen = 64;

export class Directories implements Disposable {
  readonly root: Pin;
  readonly #made: ((path: string) => void) | undefined;
  readonly #open = new Map<string, Pin>();

  /** @param made is told of each directory that no member has asked for by itself; without it, none is made */
  constructor(root: Pin, made?: (path: string) => void) {
    this.root = root;
    this.#made = made;
  }

  /**
   * Links within the tree are followed, as long as they stay beneath its root: `lib -> usr/lib`.
   * @throws TcError LAYER_ESCAPES, LAYER_CONFLICT
   */
  get(components: readonly string[]): Pin {
    if (components.length === 0) return this.root;
    const path = components.join('/');
    const directory = this.#open.get(path) ?? this.#openOrMake(components, path);
    // The last that was asked for is the last to go: a hard link takes two at once.
    this.#open.delete(path);
    this.#open.set(path, directory);
    const [oldest] = this.#open;
    if (this.#open.size > mostOpen && oldest !== undefined) {
      this.#open.delete(oldest[0]);
      oldest[1][Symbol.dispose]();
    }
    return directory;
  }

  /**
   * What has been opened may no longer be what has the name: something was removed. Whoever goes on asks anew, as
   * all that `get` has given is closed.
   */
  forget(): void {
    for (const pin of this.#open.values()) pin[Symbol.dispose]();
    this.#open.clear();
  }

  #openOrMake(components: readonly string[], path: string): Pin {
    try {
      return this.#openBeneath(path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || this.#made === undefined) throw toLayerError(error, path);
    }
    const name = components.at(-1) ?? '';
    try {
      mkdirSync(this.get(components.slice(0, -1)).child(Buffer.from(name, 'latin1')), 0o700);
      this.#made(path);
      return this.#openBeneath(path);
    } catch (error) {
      throw toLayerError(error, path);
    }
  }

  #openBeneath(path: string): Pin {
    return new Pin(openat2(this.root.fd, Buffer.from(path, 'latin1'), how));
  }

  [Symbol.dispose](): void {
    this.forget();
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function toLayerError(error: unknown, path: string): unknown {
  if (isErrno(error, 'EXDEV'))
    return layerError('a link leads out of the tree', 'LAYER_ESCAPES', path, error);
  if (isErrno(error, 'ELOOP')) return layerError('links lead in a circle', 'LAYER_ESCAPES', path, error);
  // mkdir(2) finds a link that leads nowhere, which openat2(2) could not follow.
  if (isErrno(error, 'EEXIST')) return layerError('a link in it leads nowhere', 'LAYER_ESCAPES', path, error);
  if (isErrno(error, 'ENOTDIR'))
    return layerError('a file is where a directory is to be', 'LAYER_CONFLICT', path, error);
  if (error instanceof SyscallError && error.errnoName === 'ENAMETOOLONG')
    return layerError('its name is too long', 'LAYER_INVALID', path.slice(0, 80), error);
  return error;
}
