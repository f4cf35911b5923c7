import { readCgroupHost } from '@tc/linux';
import { currentCgroupManager } from '../cgroups/current.ts';
import { normaliseLimits } from '../cgroups/limits.ts';
import { type LimitUpdate, mergeLimits } from '../cgroups/merge-limits.ts';
import { parentOfCgroups } from '../cgroups/parent-of.ts';
import { updateContainerCgroup } from '../cgroups/update.ts';
import { appendEvent } from '../events/journal.ts';
import { writeConfig } from '../state/config-file.ts';
import { alone, type ContainerReference, nameOf, recordOf } from './reference.ts';

/**
 * Changes limits, at once where the container runs: all of them, or none where one is refused. Those of a container
 * that `Container.create` made hold for later starts too.
 *
 * Lowering `memory` below what is in use: cgroup v1 refuses it (LIMIT_BELOW_USAGE); v2 reclaims what it can, and then
 * the OOM killer ends a process of the container.
 * @throws TcError CONTAINER_NOT_FOUND, INVALID_LIMIT, LIMIT_UNSUPPORTED, LIMIT_NOT_LIVE, LIMIT_BELOW_USAGE
 */
export async function updateContainer(reference: ContainerReference, update: LimitUpdate): Promise<void> {
  await alone(reference, (record) => {
    const { id, config, launch, running, directory } = record;
    const options = config?.options;
    const before = options?.limits ?? launch?.limits ?? {};
    const limits = mergeLimits(before, update);
    const [from, to] = [normaliseLimits(before), normaliseLimits(limits)];
    const cgroups = running === undefined ? [] : (launch?.cgroups ?? []);
    const parent = parentOfCgroups(readCgroupHost(), cgroups) ?? options?.cgroupParent;
    const request = { id, parent, onUnsupported: options?.onUnsupported };
    let undo = () => {};
    if (running !== undefined) {
      try {
        undo = updateContainerCgroup(currentCgroupManager(), cgroups, { ...request, from, to });
      } catch (error) {
        // Of one that has ended, the file is gone before the cgroups are. The limits are for its next start then.
        if (recordOf(reference).running !== undefined) throw error;
      }
    } else {
      currentCgroupManager().plan({ ...request, limits: to }); // it throws what a start would
    }
    if (config !== undefined) {
      try {
        writeConfig(directory, { ...config, options: { ...config.options, limits } });
      } catch (error) {
        undo();
        throw error;
      }
    }
    appendEvent(reference.runtimeDirectory, { kind: 'update', id, name: nameOf(record), value: 0 });
  });
}
