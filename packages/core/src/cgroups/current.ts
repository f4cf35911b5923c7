import { readCgroupHost } from '@tc/linux';
import type { CgroupManager } from './manager.ts';
import { selectCgroupManager } from './select.ts';

let current: CgroupManager | undefined;

/** This machine's. Where cgroups are mounted does not change while a process runs. */
export function currentCgroupManager(): CgroupManager {
  current ??= selectCgroupManager(readCgroupHost());
  return current;
}
