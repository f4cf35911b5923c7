/**
 * A container's data directory has a link beside it that leads to its state directory: DATA/containers/.ID. So data
 * whose container is gone can be told, also after a reboot, from that of another runtime directory.
 */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataDirectory } from '@tc/linux';
import { removeStored } from '../volumes/remove-stored.ts';
import { hasErrno, ifThere } from './files.ts';
import { containerDataDirectory, dataLinkOf } from './layout.ts';
import { readLink } from './names.ts';

/** Makes it, for its owner alone. @returns its path */
export function makeContainerData(runtimeDirectory: string, id: string): string {
  const directory = containerDataDirectory(dataDirectory(), id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    symlinkSync(join(runtimeDirectory, id), dataLinkOf(directory));
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
  }
  return directory;
}

export async function removeContainerData(id: string): Promise<void> {
  const directory = containerDataDirectory(dataDirectory(), id);
  await removeStored(directory);
  rmSync(dataLinkOf(directory), { force: true });
}

/** The ids of this runtime directory's containers that have, or had, a data directory. */
export function listContainerData(runtimeDirectory: string): string[] {
  const containers = dirname(containerDataDirectory(dataDirectory(), 'id'));
  const names = ifThere(() => readdirSync(containers)) ?? [];
  return names
    .filter((name) => name.startsWith('.'))
    .map((name) => name.slice(1))
    .filter((id) => readLink(`${containers}/.${id}`) === `${runtimeDirectory}/${id}`);
}
