import { resolve } from 'node:path';
import { inTurns } from '../state/in-turns.ts';
import { hasLeftovers, readAllContainers } from '../state/read-all.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { createdAtMsOf, infoOf } from './inspect.ts';
import type { ContainerInfo } from './options.ts';

export interface Listed {
  /** All of this user's, the oldest first. */
  readonly containers: ContainerInfo[];
  /** Whether `cleanUpAbandoned()` of @tc/core may find something to do. */
  readonly leftovers: () => boolean;
}

/** It never blocks the event loop for long. What vanishes meanwhile, or a newer version made, is left out. */
export async function listContainers(directory = runtimeDirectory()): Promise<Listed> {
  const runtime = resolve(directory);
  const all = await readAllContainers(runtime);
  const records = [...all.values()]
    .filter((record) => record !== undefined && record !== 'newer')
    .toSorted((a, b) => createdAtMsOf(a) - createdAtMsOf(b));
  const containers: ContainerInfo[] = [];
  await inTurns(records, (record) => containers.push(infoOf(record))); // it asks the kernel who is paused
  return { containers, leftovers: () => hasLeftovers(runtime, all) };
}
