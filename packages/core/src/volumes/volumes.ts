/** Volumes: directories with a name, in the data directory, that containers mount and that stay. */
import { readdirSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataDirectory, TcError } from '@tc/linux';
import { hasErrno, ifThere } from '../state/files.ts';
import { volumeDirectory } from '../state/layout.ts';
import { makeDirectory } from './make-directory.ts';
import { removeStored } from './remove-stored.ts';
import { usersOfVolume } from './users-of-volume.ts';
import { checkLabels, readLabels, removeLabels, writeLabels } from './volume-labels.ts';
import { checkVolumeName } from './volume-name.ts';

export interface Volume {
  readonly name: string;
  /** The directory on the host. */
  readonly path: string;
  readonly createdAt: Date;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CreateVolumeOptions {
  /** For whoever looks for it; of one that is there already they stay as they are. */
  labels?: Readonly<Record<string, string>>;
}

export interface PruneVolumesOptions {
  /** Which may go. Default: all that no container mounts. */
  filter?: (volume: Volume) => boolean;
}

const pathOf = (name: string) => volumeDirectory(dataDirectory(), name);

function volumeAt(name: string): Volume | undefined {
  const path = pathOf(name);
  const stats = ifThere(() => statSync(path));
  if (!stats?.isDirectory()) return undefined;
  return { name, path, createdAt: stats.birthtime, labels: readLabels(path) };
}

/**
 * A mount of a volume makes it too. One that is there already stays as it is.
 * @throws TcError INVALID_OPTION; SyscallError
 */
export async function createVolume(name: string, { labels = {} }: CreateVolumeOptions = {}): Promise<Volume> {
  const path = pathOf(checkVolumeName(name));
  checkLabels(labels);
  const operation = `make the volume ${name}`;
  makeDirectory(dirname(path), 0o700, operation);
  if (makeDirectory(path, 0o755, operation)) writeLabels(path, labels);
  return volumeAt(name) ?? noSuchVolume(name, operation);
}

/** All volumes, by name. */
export async function listVolumes(): Promise<Volume[]> {
  const names = ifThere(() => readdirSync(join(dataDirectory(), 'volumes'))) ?? [];
  return names
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .flatMap((name) => volumeAt(name) ?? []);
}

/**
 * Removes a volume with all that is in it.
 * @throws TcError INVALID_OPTION, VOLUME_NOT_FOUND, VOLUME_IN_USE, NOT_REMOVED
 */
export async function removeVolume(name: string): Promise<void> {
  const operation = `remove the volume ${name}`;
  const path = pathOf(checkVolumeName(name));
  if (volumeAt(name) === undefined) noSuchVolume(name, operation);
  const users = usersOfVolume(name);
  if (users.length > 0) {
    throw new TcError(`${users.join(', ')} mount${users.length === 1 ? 's' : ''} it`, {
      code: 'VOLUME_IN_USE',
      operation,
      path,
      hint: 'Remove the container first.',
    });
  }
  removeLabels(path); // first: afterwards the name may be another volume's
  // Under another name, nobody mounts what is half gone.
  const gone = join(dirname(path), `.gone-${name}-${process.pid}-${performance.now()}`);
  try {
    await rename(path, gone);
  } catch (cause) {
    if (hasErrno(cause, 'ENOENT')) noSuchVolume(name, operation);
    const hint = 'The data directory must be one that you may write to.';
    throw new TcError((cause as Error).message, { code: 'NOT_REMOVED', operation, path, hint, cause });
  }
  await removeStored(gone);
}

/** Removes volumes that no container mounts, and what is left of others. @returns their names */
export async function pruneVolumes({ filter = () => true }: PruneVolumesOptions = {}): Promise<string[]> {
  const removed: string[] = [];
  const directory = join(dataDirectory(), 'volumes');
  const left = ifThere(() => readdirSync(directory)) ?? [];
  for (const name of left.filter((each) => each.startsWith('.gone-')))
    await removeStored(join(directory, name));
  for (const volume of await listVolumes()) {
    if (!filter(volume)) continue;
    const { name } = volume;
    try {
      await removeVolume(name);
      removed.push(name);
    } catch (error) {
      if (!(error instanceof TcError) || !['VOLUME_IN_USE', 'VOLUME_NOT_FOUND'].includes(error.code))
        throw error;
    }
  }
  return removed;
}

function noSuchVolume(name: string, operation: string): never {
  throw new TcError('there is no such volume', {
    code: 'VOLUME_NOT_FOUND',
    operation,
    path: pathOf(name),
    hint: 'listVolumes() tells which there are.',
  });
}
