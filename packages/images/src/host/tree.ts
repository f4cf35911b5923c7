import { dirname, relative, resolve } from 'node:path';
import { TcError } from '@tc/linux';
import type { Signature } from './host-inputs.ts';

/** What stands at one path of the image. A file is copied from the host, a text comes from this program. */
export type TreeEntry =
  | { type: 'directory'; mode: number }
  | { type: 'file'; mode: number; source: string; signature: Signature }
  | { type: 'text'; mode: number; text: string }
  | { type: 'link'; target: string };

/** A path below the root, without a leading slash, and what stands there. */
export type Placed = readonly [path: string, entry: TreeEntry];

const mergedDirectories = /^(bin|sbin|lib|lib32|lib64|libx32)(?=\/|$)/;

/** Where a host's path lies in the image, whose /bin, /sbin and /lib* are symlinks into /usr. */
export function imagePath(hostPath: string): string {
  // Resolved first: PT_INTERP may hold `..`, and nothing may lead out of the image.
  return resolve('/', hostPath).slice(1).replace(mergedDirectories, 'usr/$1');
}

/** A symlink at `path` to another path of the image, relative so that it holds outside a chroot too. */
export function linkTo(path: string, destination: string): Placed {
  return [path, { type: 'link', target: relative(dirname(path), destination) }];
}

/** An image in the making: adds all or nothing, and refuses two different things at one path. */
export class TreePlan {
  readonly #entries = new Map<string, TreeEntry>();

  /** @throws TcError `HOST_PATH_CONFLICT`, and then none of them is in */
  add(placed: readonly Placed[]): void {
    const fresh = new Map<string, TreeEntry>();
    const all = placed.flatMap(([path, entry]): Placed[] => [...parents(path), [path, entry]]);
    for (const [path, entry] of all) {
      const there = this.#entries.get(path) ?? fresh.get(path);
      if (there === undefined) fresh.set(path, entry);
      else if (!isSame(there, entry)) throw conflict(path);
    }
    for (const [path, entry] of fresh) this.#entries.set(path, entry);
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Sorted by path, so that a directory comes before what is in it. */
  sorted(): Placed[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function parents(path: string): Placed[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => [names.slice(0, index + 1).join('/'), { type: 'directory', mode: 0o755 }]);
}

/** A directory may be asked for in any mode: whoever named it first has said which. */
function isSame(one: TreeEntry, other: TreeEntry): boolean {
  if (one.type === 'directory') return other.type === 'directory';
  return JSON.stringify(one) === JSON.stringify(other);
}

function conflict(path: string): TcError {
  return new TcError('two different files of the host belong there', {
    code: 'HOST_PATH_CONFLICT',
    operation: `place /${path}`,
    path: `/${path}`,
  });
}
