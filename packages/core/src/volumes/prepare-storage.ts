/** What a container needs in the data directory, made right before its launch. */
import { chmodSync, chownSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataDirectory } from '@tc/linux';
import type { LaunchSpec } from '../launch/spec.ts';
import { dataFiles } from '../state/layout.ts';
import { makeDirectory } from './make-directory.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes the volumes that it mounts, and the directories of an upper layer in its data directory, where they are missing.
 * They belong to root inside the container.
 * @throws SyscallError
 */
export function prepareStorage(spec: Pick<LaunchSpec, 'mounts' | 'rootfs' | 'namespaces'>): void {
  const { user } = spec.namespaces;
  const isRoot = process.geteuid?.() === 0;
  // With shifted mounts root inside is root on the disk; an ordinary user's root inside is that user.
  const owner =
    isRoot && user !== undefined && !user.shiftMounts
      ? { uid: hostId(0, user.uidMap), gid: hostId(0, user.gidMap) }
      : undefined;
  // Whoever opens the directories is root inside, and outside somebody else.
  const opener = owner !== undefined && owner.uid !== 0 ? owner : undefined;
  for (const mount of spec.mounts) {
    if (mount.type !== 'bind' || mount.volume === undefined) continue;
    const operation = `make the volume ${mount.volume}`;
    makeParent(dirname(mount.source), opener, operation);
    makeOwned(mount.source, 0o755, owner, operation);
  }
  const { upper } = spec.rootfs;
  if (upper === undefined || dirname(upper) !== join(dataDirectory(), 'containers')) return;
  const operation = 'make the directories of the upper layer';
  makeParent(dirname(upper), opener, operation);
  makeParent(upper, opener, operation);
  for (const name of [dataFiles.upper, dataFiles.work]) makeOwned(join(upper, name), 0o755, owner, operation);
}

/**
 * Nobody else may look into it: a container's root can leave a setuid program in its files, and a user of the host must
 * not find it there. So it is the opener's group that may pass, and only as long as no other needs to: a mount once
 * made stays.
 */
function makeParent(path: string, opener: Owner | undefined, operation: string): void {
  makeDirectory(path, 0o700, operation);
  if (opener === undefined) return;
  const { mode, uid, gid } = statSync(path);
  const isSearchable = (mode & 0o001) !== 0 || ((mode & 0o010) !== 0 && gid === opener.gid);
  if (isSearchable) return;
  chownSync(path, uid, opener.gid);
  chmodSync(path, 0o710);
}

function makeOwned(path: string, mode: number, owner: Owner | undefined, operation: string): void {
  if (makeDirectory(path, mode, operation) && owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** Which id of the host an id inside is. */
function hostId(id: number, map: string): number {
  for (const line of map.trim().split('\n')) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (id >= inside && id < inside + count) return outside + id - inside;
  }
  return 0;
}
