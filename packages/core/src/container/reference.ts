/** Which container an operation is about. */
import { join } from 'node:path';
import { writeConfig } from '../state/config-file.ts';
import { noSuchContainer } from '../state/errors.ts';
import { whileLocked } from '../state/lock.ts';
import { type ContainerRecord, readContainer } from '../state/state-directory.ts';

export interface ContainerReference {
  /** Absolute. */
  readonly runtimeDirectory: string;
  readonly id: string;
}

export function stateDirectoryOf({ runtimeDirectory, id }: ContainerReference): string {
  return join(runtimeDirectory, id);
}

/** @throws TcError CONTAINER_NOT_FOUND, CONFIG_VERSION */
export function recordOf({ runtimeDirectory, id }: ContainerReference): ContainerRecord {
  const record = readContainer(runtimeDirectory, id);
  if (record === undefined) throw noSuchContainer(id);
  return record;
}

export function nameOf({ id, config, launch }: ContainerRecord): string {
  return config?.name ?? launch?.name ?? id;
}

/**
 * Nobody else starts, stops or changes the container meanwhile. What `run()` made has no lock, as nothing about it
 * can be changed.
 * @throws TcError CONTAINER_NOT_FOUND, LOCK_TIMEOUT, CONFIG_VERSION
 */
export async function alone<T>(
  reference: ContainerReference,
  act: (record: ContainerRecord) => T | Promise<T>,
): Promise<T> {
  const record = recordOf(reference);
  if (record.config === undefined) return act(record);
  return whileLocked(record.directory, () => act(recordOf(reference)));
}

/** Keeps the restart policy from starting it again, in whichever process that works. For the lock's holder. */
export function wantStopped({ directory, config }: ContainerRecord): void {
  if (config?.wanted === 'running') writeConfig(directory, { ...config, wanted: 'stopped' });
}
