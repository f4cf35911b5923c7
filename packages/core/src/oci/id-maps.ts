/** User namespaces that only say which ids of a mount are which: mount_setattr(2), "ID-mapped mounts". */
import { closeSync, openSync } from 'node:fs';
import type { BundleSpec } from '../launch/bundle-spec.ts';
import { openUserNamespace } from '../launch/user-namespace-file.ts';

/** @returns descriptors in the order of `spec.idMaps`, the caller’s to close. @throws SyscallError */
export async function openIdMaps({ idMaps }: BundleSpec): Promise<number[]> {
  const open: number[] = [];
  try {
    for (const map of idMaps)
      open.push('path' in map ? openSync(map.path, 'r') : await openUserNamespace(map));
    return open;
  } catch (error) {
    for (const fd of open) closeSync(fd);
    throw error;
  }
}
