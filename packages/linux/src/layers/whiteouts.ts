/** What overlayfs reads in a lower layer: https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories */
import type { Stats } from 'node:fs';
import { getXattr } from '../file-metadata.ts';
import type { Pin } from '../pin.ts';

/** The character device 0:0. */
export function isWhiteout(stats: Pick<Stats, 'isCharacterDevice' | 'rdev'>): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

/** The same for overlays of the host's root, and for those mounted in a user namespace, which may not read the first. */
export const opaqueXattrs = ['trusted.overlay.opaque', 'user.overlay.opaque'] as const;

/** Nothing of the same directory in lower layers shows through. */
export function isOpaque(directory: Pin): boolean {
  const at = `${directory.path}/.`;
  return opaqueXattrs.some((name) => getXattr(at, name)?.toString() === 'y');
}
