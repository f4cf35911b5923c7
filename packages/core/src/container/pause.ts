import { freezeContainerCgroup } from '../cgroups/freeze.ts';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { appendEvent } from '../events/journal.ts';
import { isAlive } from '../state/alive.ts';
import { notRunning } from '../state/errors.ts';
import { readRunning } from '../state/running-file.ts';
import { alone, type ContainerReference, nameOf } from './reference.ts';

/**
 * Stops every process of the container where it is, or lets all go on. Nothing happens where it is so already.
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, FREEZE_UNSUPPORTED (without cgroups), FREEZE_TIMEOUT
 */
export async function pauseContainer(reference: ContainerReference, paused: boolean): Promise<void> {
  const verb = paused ? 'pause' : 'resume';
  await alone(reference, async (record) => {
    const name = nameOf(record);
    const { running, launch, directory } = record;
    if (running === undefined) throw notRunning(name, verb);
    const cgroups = launch?.cgroups ?? [];
    if (cgroups.length > 0 && isContainerCgroupFrozen(cgroups) === paused) return;
    try {
      await freezeContainerCgroup(cgroups, paused);
    } catch (error) {
      if (isAlive(directory) && readRunning(directory) !== undefined) throw error;
      throw notRunning(name, verb); // it has ended meanwhile
    }
    appendEvent(reference.runtimeDirectory, { kind: verb, id: reference.id, name, value: 0 });
  });
}
