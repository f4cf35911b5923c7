import { resolve } from 'node:path';
import { hasLeftovers, readAllContainers } from '../state/read-all.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { infosOf } from './inspect.ts';
import type { ContainerInfo } from './options.ts';

export interface Listed {
  /** All of this user's, the oldest first. */
  readonly containers: ContainerInfo[];
  /** Whether `cleanUpAbandoned()` of @tc/core may find something to do. */
  readonly leftovers: () => boolean;
}

/** Every 5 ms others have their turn. What vanishes meanwhile, or a newer version made, is left out. */
export async function listContainers(directory = runtimeDirectory()): Promise<Listed> {
  const runtime = resolve(directory);
  const all = await readAllContainers(runtime);
  return { containers: infosOf(all), leftovers: () => hasLeftovers(runtime, all) };
}
