import { type BigIntStats, realpathSync, statSync } from 'node:fs';

/** What identifies a file's state without reading it. */
export type Signature = string;

/** The signature of a path at which nothing can be seen. */
export const absent: Signature = '-';

/**
 * Device, inode, size and the times of last change of what a path leads to, symlinks followed. The ctime
 * is in because no program can set it (inode(7)), so a replaced file with its old mtime still shows.
 */
export function signatureOf(path: string): Signature {
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return absent; // EACCES, ELOOP: for us as if it were not there.
  }
  return stats === undefined
    ? absent
    : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

/**
 * Every path on which a plan depends, with its signature from before it was read. While none of them
 * changes, the same plan would come out.
 */
export class HostInputs {
  readonly #signatures = new Map<string, Signature>();
  readonly #realPaths = new Map<string, string>();

  /** The signature that the path had when it was first asked for. */
  readonly observe = (path: string): Signature => {
    const known = this.#signatures.get(path);
    if (known !== undefined) return known;
    const signature = signatureOf(path);
    this.#signatures.set(path, signature);
    return signature;
  };

  /** The path without symlinks, looked up once. @throws the system's error when nothing is there */
  realPath(path: string): string {
    const known = this.#realPaths.get(path);
    if (known !== undefined) return known;
    const real = realpathSync.native(path);
    this.#realPaths.set(path, real);
    return real;
  }

  entries(): [string, Signature][] {
    return [...this.#signatures];
  }
}
