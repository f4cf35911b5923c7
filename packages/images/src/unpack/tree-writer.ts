/**
 * Writes the members of an archive below one directory. Everything is named by the descriptor of its directory and one
 * component, and no call follows a link. What it writes into is nobody else's: 0700, below a staging directory.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { isWhiteout, makeNode, Pin, setTimes, setTimesOfOpen, setXattr } from '@tc/linux';
import { removeTree } from '../store/remove-tree.ts';
import { badTar, type TarEntry, type TarSink } from '../tar/entry.ts';
import { Directories } from './directories.ts';
import { componentsOf, insideOf, whiteoutOf } from './member-name.ts';
import { layerError, type UnpackReport, type UnpackRules } from './rules.ts';
import { makeWhiteout, markOpaque } from './whiteouts.ts';
import { keptXattr } from './xattrs.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, S_IFBLK, S_IFCHR, S_IFIFO } = constants;
const newFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** What a directory gets when nothing is written into it any more. */
type DirectoryAttributes = Pick<TarEntry, 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'xattrs'>;

/** XATTR_SIZE_MAX: xattr(7). */
const maxXattrBytes = 65_536;

const implied: DirectoryAttributes = { mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n, xattrs: new Map() };

export class TreeWriter implements TarSink, Disposable {
  readonly #rules: UnpackRules;
  readonly #directories: Directories;
  readonly #attributes = new Map<string, DirectoryAttributes>();
  readonly #report = {
    entries: 0,
    bytes: 0,
    skippedDevices: 0,
    droppedXattrs: 0,
    opaqueRoot: false,
    opaqueForRootAlone: 0,
  };
  #file: { readonly fd: number; readonly at: Buffer; readonly entry: TarEntry; end: number } | undefined;

  /** @param root an empty directory */
  constructor(root: string, rules: UnpackRules) {
    this.#rules = rules;
    this.#directories = new Directories(Pin.host(root, constants.O_DIRECTORY), (path) =>
      this.#attributes.set(path, implied),
    );
    this.#attributes.set('', implied);
  }

  get report(): UnpackReport {
    return this.#report;
  }

  entry(entry: TarEntry): void {
    this.#report.entries += 1;
    if (this.#report.entries > this.#rules.maxEntries)
      throw layerError(`it has more than ${this.#rules.maxEntries} members`, 'LAYER_TOO_LARGE');
    if (this.#rules.keepOwners && !(isId(entry.uid) && isId(entry.gid)))
      throw layerError('its owner is no id that Linux has', 'LAYER_INVALID', entry.path);
    const components = componentsOf(entry.path);
    const name = components.pop();
    if (name === undefined) {
      if (entry.type !== 'directory')
        throw layerError('its root is no directory', 'LAYER_CONFLICT', entry.path);
      this.#attributes.set('', entry);
      return;
    }
    const directory = this.#directories.get(components);
    const at = directory.child(Buffer.from(name, 'latin1'));
    if (this.#rules.whiteouts === 'layer' && this.#whiteout(name, directory, entry.path)) return;
    this.#make(entry, at, [...components, name]);
  }

  data(chunk: Buffer, position: number): void {
    if (this.#file === undefined) return;
    this.#report.bytes += chunk.length;
    if (this.#report.bytes > this.#rules.maxBytes)
      throw layerError(`it has more than ${this.#rules.maxBytes} bytes`, 'LAYER_TOO_LARGE');
    for (let done = 0; done < chunk.length; )
      done += writeSync(this.#file.fd, chunk, done, chunk.length - done, position + done);
    this.#file.end = position + chunk.length;
  }

  end(): void {
    if (this.#file === undefined) return;
    const { fd, at, entry, end } = this.#file;
    this.#file = undefined;
    try {
      if (entry.size > end) ftruncateSync(fd, entry.size); // a hole at the end
      if (this.#rules.keepOwners) fchownSync(fd, entry.uid, entry.gid);
      fchmodSync(fd, entry.mode); // after chown(2), which takes setuid bits away
      this.#xattrs(at, entry);
      setTimesOfOpen(fd, entry.mtimeNs);
    } finally {
      closeSync(fd);
    }
  }

  /** Directories last: what is made in them changes their times, and some can't be written to by their owner. */
  finishDirectories(): void {
    const depth = (path: string) => (path === '' ? 0 : path.split('/').length);
    for (const [path, attributes] of [...this.#attributes].toSorted(([a], [b]) => depth(b) - depth(a))) {
      const directory = this.#directories.get(path === '' ? [] : path.split('/'));
      const at = Buffer.from(`${directory.path}/.`);
      if (this.#rules.keepOwners) lchownSync(at, attributes.uid, attributes.gid);
      this.#xattrs(at, attributes);
      chmodSync(at, attributes.mode);
      setTimes(at, attributes.mtimeNs);
    }
  }

  /** @returns whether it was one */
  #whiteout(name: string, directory: Pin, path: string): boolean {
    const whiteout = whiteoutOf(name, path);
    if (whiteout === undefined) return false;
    if (whiteout === 'other') return true;
    if (whiteout.kind === 'opaque') {
      if (directory === this.#directories.root) this.#report.opaqueRoot = true;
      else this.#markOpaque(directory);
      return true;
    }
    const at = directory.child(Buffer.from(whiteout.name, 'latin1'));
    const there = lstat(at);
    // What this layer itself has there stays; of a directory nothing below it shows through.
    if (there === undefined) makeWhiteout(at);
    else if (there.isDirectory()) {
      using hidden = directory.directory(Buffer.from(whiteout.name, 'latin1'));
      this.#markOpaque(hidden);
    }
    return true;
  }

  #markOpaque(directory: Pin): void {
    if (!markOpaque(directory)) this.#report.opaqueForRootAlone += 1;
  }

  #make(entry: TarEntry, place: Buffer, components: readonly string[]): void {
    if (entry.type === 'file' && this.#createFile(entry, place)) return;
    const there = lstat(place);
    if (entry.type === 'directory') {
      this.#makeDirectory(entry, place, components, there);
      return;
    }
    if (entry.type === 'character device' || entry.type === 'block device') {
      if (this.#rules.devices === 'refuse') throw layerError('it is a device', 'LAYER_DEVICE', entry.path);
      // 0:0 is no device: it is how overlayfs hides what is below, and that is said otherwise here.
      if (this.#rules.devices === 'skip' || (entry.major === 0 && entry.minor === 0)) {
        this.#report.skippedDevices += 1;
        return;
      }
    }
    if (entry.type === 'hardlink' && isSame(this.#linkTarget(entry), there)) return;
    const at = there === undefined ? place : this.#remove(place, there, components);
    if (entry.type === 'file') {
      this.#file = { fd: openSync(at, newFile, 0o600), at, entry, end: 0 };
      return;
    }
    if (entry.type === 'hardlink') {
      linkSync(this.#linkTarget(entry).at, at); // asked for anew: what was removed may have had it
      return;
    }
    if (entry.type === 'symlink') {
      if (entry.target === '' || entry.target.length > 4095 || entry.target.includes('\0'))
        throw layerError('its target can’t be one', 'LAYER_INVALID', entry.path);
      symlinkSync(Buffer.from(entry.target, 'latin1'), at);
    } else {
      const type = { FIFO: S_IFIFO, 'character device': S_IFCHR, 'block device': S_IFBLK };
      makeNode(at, type[entry.type as keyof typeof type], 0o600, entry.major, entry.minor);
    }
    if (this.#rules.keepOwners) lchownSync(at, entry.uid, entry.gid);
    if (entry.type !== 'symlink') chmodSync(at, entry.mode);
    this.#finish(at, entry);
  }

  /** Nearly always there is nothing yet: so nobody looks first. @returns false where there is */
  #createFile(entry: TarEntry, at: Buffer): boolean {
    try {
      this.#file = { fd: openSync(at, newFile, 0o600), at, entry, end: 0 };
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #makeDirectory(
    entry: TarEntry,
    place: Buffer,
    components: readonly string[],
    there: Stats | undefined,
  ): void {
    const path = components.join('/');
    if (there === undefined || !there.isDirectory()) {
      const hides = there !== undefined && isWhiteout(there);
      const at = there === undefined ? place : this.#remove(place, there, components);
      mkdirSync(at, 0o700);
      if (hides) {
        using made = new Pin(openSync(at, constants.O_RDONLY | constants.O_DIRECTORY | O_NOFOLLOW));
        this.#markOpaque(made);
      }
    }
    // Deleted first: the order in which they were seen is that in which they are finished.
    this.#attributes.delete(path);
    this.#attributes.set(path, entry);
  }

  /** @throws TcError LAYER_ESCAPES, LAYER_CONFLICT */
  #linkTarget(entry: TarEntry): { at: Buffer; stats: Stats } {
    const components = insideOf(entry.target);
    const name = components.pop();
    const at = this.#directories.get(components).child(Buffer.from(name ?? '.', 'latin1'));
    const stats = lstat(at);
    if (stats === undefined || isWhiteout(stats))
      throw layerError('it is a hard link to what is not there', 'LAYER_CONFLICT', entry.path);
    if (stats.isDirectory())
      throw layerError('it is a hard link to a directory', 'LAYER_CONFLICT', entry.path);
    return { at, stats };
  }

  /** @returns where it was */
  #remove(place: Buffer, there: Stats, components: readonly string[]): Buffer {
    removeTree(place);
    if (!there.isDirectory() && !there.isSymbolicLink()) return place;
    this.#directories.forget();
    const below = `${components.join('/')}/`;
    for (const path of this.#attributes.keys())
      if (`${path}/`.startsWith(below)) this.#attributes.delete(path);
    const name = components.at(-1) ?? '';
    return this.#directories.get(components.slice(0, -1)).child(Buffer.from(name, 'latin1'));
  }

  #finish(at: Buffer, entry: TarEntry): void {
    this.#xattrs(at, entry);
    setTimes(at, entry.mtimeNs);
  }

  #xattrs(at: Buffer, { xattrs }: Pick<TarEntry, 'xattrs'>): void {
    for (const [name, value] of xattrs) {
      if (!keptXattr(name, this.#rules.keepOwners)) {
        this.#report.droppedXattrs += 1;
        continue;
      }
      if (name.length > 255) throw badTar('the name of an extended attribute is too long');
      if (value.length > maxXattrBytes) throw badTar('an extended attribute in it is too long');
      try {
        setXattr(at, name, value);
      } catch (error) {
        if (
          !['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL'].includes(
            String((error as NodeJS.ErrnoException).code),
          )
        )
          throw error;
        this.#report.droppedXattrs += 1;
      }
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
    this.#directories[Symbol.dispose]();
    this.#directories.root[Symbol.dispose]();
  }
}

function isId(id: number): boolean {
  return id >= 0 && id <= 0xffffffff;
}

function isSame(target: { readonly stats: Stats }, there: Stats | undefined): boolean {
  return there !== undefined && there.ino === target.stats.ino && there.dev === target.stats.dev;
}

function lstat(at: Buffer): Stats | undefined {
  return lstatSync(at, { throwIfNoEntry: false });
}
