/**
 * Files by descriptor. A path of a container may mean another file a moment later, as its processes change it while we
 * work. So each file is opened once, without being touched (O_PATH), looked at, and from then on named by its
 * descriptor: /proc/self/fd/N is that very file, and /proc/self/fd/N/NAME an entry of that very directory.
 */
import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { openFlags, resolveFlags } from './constants.ts';
import { openat2 } from './openat2.ts';
import { SyscallError } from './syscall-error.ts';

const { O_DIRECTORY, O_NOFOLLOW } = constants; // the machine's own
const { O_PATH } = openFlags;
const { RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_NO_XDEV, RESOLVE_BENEATH } =
  resolveFlags;

/** The kernel gives up where something is renamed while it goes up by `..`: openat2(2), EAGAIN. */
const tries = 256;

export type Name = string | Buffer;

export class Pin implements Disposable {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Of any path on the host, with its links. */
  static host(path: string, flags = 0): Pin {
    return new Pin(openSync(path, O_PATH | flags));
  }

  /** This very file. Opening it anew is what really opens it. */
  get path(): string {
    return `/proc/self/fd/${this.fd}`;
  }

  /** An entry of this directory. For calls that do not follow links. */
  child(name: Name): Buffer {
    return Buffer.concat([Buffer.from(`${this.path}/`), Buffer.from(name as string)]);
  }

  stats(): Stats {
    return fstatSync(this.fd);
  }

  /** A path from this directory as the root: its links, and `..`, do not lead out of it. */
  resolve(path: string, flags = 0): Pin {
    const how = { flags: O_PATH | flags, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
    for (let turn = 1; ; turn += 1) {
      try {
        return new Pin(openat2(this.fd, path, how));
      } catch (error) {
        if (!(error instanceof SyscallError && error.code === 'EAGAIN') || turn === tries) throw error;
      }
    }
  }

  /** An entry of this directory, itself: also where it is a link. */
  entry(name: Name): Pin {
    return new Pin(openSync(this.child(name), O_PATH | O_NOFOLLOW));
  }

  /** A directory in this directory, no link to one. @throws ENOTDIR, ELOOP */
  directory(name: Name): Pin {
    return new Pin(openSync(this.child(name), O_PATH | O_NOFOLLOW | O_DIRECTORY));
  }

  /** A directory in this directory that nothing is mounted on. @throws SyscallError ENOTDIR, ELOOP, EXDEV */
  ownDirectory(name: Name): Pin {
    const resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    return new Pin(openat2(this.fd, name, { flags: O_PATH | O_NOFOLLOW | O_DIRECTORY, resolve }));
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
