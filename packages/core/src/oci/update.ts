/** `update`: other limits for a container that runs. */
import { TcError } from '@tc/linux';
import { applyWrites } from '../cgroups/apply-writes.ts';
import { resourceWrites } from './cgroups.ts';
import type { OciStore } from './container-state.ts';
import { readResources } from './resources.ts';

/** @param resources as linux.resources; what is left out stays; all of it is set, or nothing. @throws TcError */
export function updateOci(store: OciStore, id: string, resources: unknown): void {
  const state = store.get(id);
  if (store.statusOf(state) === 'stopped') {
    throw new TcError('container not running', {
      code: 'CONTAINER_NOT_RUNNING',
      operation: 'change its limits',
    });
  }
  applyWrites(resourceWrites(state.cgroups, readResources(resources, 'resources')));
}
