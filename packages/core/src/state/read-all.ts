/** All containers of a runtime directory at one look, and whether somebody who was killed left something there. */
import { existsSync, readdirSync } from 'node:fs';
import { isAlive } from './alive.ts';
import { listContainerData } from './data-links.ts';
import { ifThere } from './files.ts';
import { inTurns } from './in-turns.ts';
import { listIds, listLinks } from './names.ts';
import { hasCgroups, isLost } from './settle.ts';
import { type ContainerRecord, readContainer } from './state-directory.ts';

/** By id. What a newer version made is not ours to read; undefined is what nobody owns, or what vanished meanwhile. */
export type AllContainers = ReadonlyMap<string, ContainerRecord | 'newer' | undefined>;

/** @param runtimeDirectory absolute */
export async function readAllContainers(runtimeDirectory: string): Promise<AllContainers> {
  const all = new Map<string, ContainerRecord | 'newer' | undefined>();
  await inTurns(listIds(runtimeDirectory), (id) => all.set(id, readOrNewer(runtimeDirectory, id)));
  return all;
}

function readOrNewer(runtimeDirectory: string, id: string): ContainerRecord | 'newer' | undefined {
  try {
    return readContainer(runtimeDirectory, id);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONFIG_VERSION') return 'newer';
    throw error;
  }
}

/**
 * Whether `cleanUpAbandoned` may find something to do. That looks closer, and with locks, which this does without: so it
 * needs no FFI, and waits for nobody. What somebody is making or removing right now counts, too.
 */
export function hasLeftovers(runtimeDirectory: string, all: AllContainers): boolean {
  const entries = ifThere(() => readdirSync(runtimeDirectory)) ?? [];
  return (
    entries.some(isTemporary) ||
    [...all].some(([id, record]) => isLeft(`${runtimeDirectory}/${id}`, record)) ||
    listLinks(runtimeDirectory).some(({ name, id }) => isStale(name, all.get(id))) ||
    listContainerData(runtimeDirectory).some((id) => !all.has(id))
  );
}

/** Of a container that is yet to be made, or that is already removed. */
export function isTemporary(name: string): boolean {
  return /^\.(new|gone)-/.test(name);
}

function isLeft(stateDirectory: string, record: ContainerRecord | 'newer' | undefined): boolean {
  if (record === undefined) return existsSync(stateDirectory);
  if (record === 'newer') return !isAlive(stateDirectory) && isLost(stateDirectory);
  return !record.alive && (record.unfinished || hasCgroups(record.launch));
}

/** A name is a link to a container that has it; a process that died while it made or changed one left another. */
function isStale(name: string, record: ContainerRecord | 'newer' | undefined): boolean {
  return record !== 'newer' && record?.config?.name !== name;
}
