import { join } from 'node:path';
import { readOptional } from '@tc/linux';

/** Whether a container's processes are stopped: the kernel alone knows. */
export function isContainerCgroupFrozen(directories: readonly string[]): boolean {
  // On hybrid hosts cgroup2 is the last, and the one that freezes.
  for (const directory of directories.toReversed()) {
    const events = readOptional(join(directory, 'cgroup.events'));
    if (events !== undefined) return /^frozen 1$/m.test(events);
    const state = readOptional(join(directory, 'freezer.state'));
    if (state !== undefined) return state.trim() === 'FROZEN';
  }
  return false;
}
