import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { appendEvent } from '../events/journal.ts';
import { removeContainerData } from '../state/data-links.ts';
import { alreadyRunning, noSuchContainer } from '../state/errors.ts';
import { hasErrno } from '../state/files.ts';
import { claim, whileMaking } from '../state/lock.ts';
import { readLink } from '../state/names.ts';
import { settleLost } from '../state/settle.ts';
import { type ContainerRecord, readContainer } from '../state/state-directory.ts';
import { alone, type ContainerReference, nameOf, wantStopped } from './reference.ts';
import { killAndWait } from './stop.ts';
import { watchSupervisor } from './watch-supervisor.ts';

export interface RemoveOptions {
  /** Kill it where it runs. */
  force?: boolean;
}

/**
 * Removes a container, its log and what it wrote to disk; volumes stay.
 * @throws TcError CONTAINER_NOT_FOUND; CONTAINER_RUNNING without `force`; CONTAINER_UNKILLABLE, CGROUP_BUSY
 */
export async function removeContainer(
  reference: ContainerReference,
  { force = false }: RemoveOptions = {},
): Promise<void> {
  const { runtimeDirectory, id } = reference;
  await alone(reference, async (record) => {
    if (record.alive && !force) throw alreadyRunning(nameOf(record), 'remove');
    try {
      wantStopped(record);
    } catch (error) {
      if (!hasErrno(error, 'ENOSPC', 'EDQUOT')) throw error; // a removal is how to get room again
    }
    using supervisor = watchSupervisor(record.directory);
    if (supervisor !== undefined) await killAndWait(reference, supervisor);
    if (record.config === undefined) return; // its supervisor has removed it
    if (supervisor !== undefined && readContainer(runtimeDirectory, id) === undefined) return;
    await settleLost(record.directory);
    await whileMaking(runtimeDirectory, () => takeAway(runtimeDirectory, record));
    appendEvent(runtimeDirectory, { kind: 'remove', id, name: nameOf(record), value: 0 });
  });
  await removeContainerData(id);
}

/** From one moment to the next there is neither the container nor its name. */
function takeAway(runtimeDirectory: string, { id, directory, config }: ContainerRecord): void {
  const name = config?.name ?? id;
  const gone = join(runtimeDirectory, `.gone-${id}`);
  using _ = claim(directory); // the supervisor is gone; a clean-up that has it will find nothing
  try {
    renameSync(directory, gone);
  } catch (error) {
    throw hasErrno(error, 'ENOENT') ? noSuchContainer(id) : error;
  }
  const link = join(runtimeDirectory, name);
  if (name !== id && readLink(link) === id) rmSync(link, { force: true });
  rmSync(gone, { recursive: true, force: true });
}
