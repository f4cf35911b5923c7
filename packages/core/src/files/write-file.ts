import type { FileHandle } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import type { ContainerRoot } from './container-root.ts';
import { placeFile } from './temporary.ts';

export interface OwnerOptions {
  /** Ids as the container sees them. */
  uid?: number;
  gid?: number;
  mode?: number;
}

interface Attributes {
  /** On the host. */
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** What a new file is like: as it is asked for, else like the one whose place it takes, else root's. */
export function attributesFor(
  { ids }: ContainerRoot,
  { uid, gid, mode }: OwnerOptions,
  before: Attributes | undefined,
  defaultMode: number,
  operation: string,
): Attributes {
  const outside = (id: number | undefined, map: 'uids' | 'gids', old: number | undefined) =>
    id === undefined && old !== undefined ? old : ids[map].outside(id ?? 0, operation);
  return {
    uid: outside(uid, 'uids', before?.uid),
    gid: outside(gid, 'gids', before?.gid),
    // A new content does not inherit that it runs as its owner.
    mode: mode === undefined ? (before?.mode ?? defaultMode) & 0o777 : mode & 0o7777,
  };
}

export async function writeFile(
  root: ContainerRoot,
  directory: Pin,
  name: Name,
  data: string | Uint8Array,
  options: OwnerOptions,
  operation: string,
): Promise<void> {
  const attributes = attributesFor(root, options, regularFile(directory, name), 0o644, operation);
  await placeFile(directory, name, async (file) => {
    await file.writeFile(data);
    await setAttributes(file, attributes);
  });
}

async function setAttributes(file: FileHandle, { uid, gid, mode }: Attributes): Promise<void> {
  const now = await file.stat();
  if (now.uid !== uid || now.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode); // after chown(2), which takes setuid bits away
}

function regularFile(directory: Pin, name: Name): Attributes | undefined {
  try {
    using pin = directory.entry(name);
    const stats = pin.stats();
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
