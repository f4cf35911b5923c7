/** `update`: other limits for a container that runs. */
import { TcError } from '@tc/linux';
import { applyWrites } from '../cgroups/apply-writes.ts';
import { CgroupFiles } from './cgroup-files.ts';
import { type OciCgroups, resourceWrites } from './cgroups.ts';
import type { OciStore } from './container-state.ts';
import { type Resources, readResources } from './resources.ts';

const operation = 'change its limits';

/** @param resources as linux.resources; what is left out stays; all of it is set, or nothing. @throws TcError */
export async function updateOci(store: OciStore, id: string, resources: unknown): Promise<void> {
  const state = store.get(id);
  if (store.statusOf(state) === 'stopped')
    throw new TcError('container not running', { code: 'CONTAINER_NOT_RUNNING', operation });
  const read = withWholeCpu(state.cgroups, readResources(resources, 'resources'));
  checkUsage(state.cgroups, read);
  if (state.scope === undefined) applyWrites(resourceWrites(state.cgroups, read));
  else {
    const { updateScope } = await import('./systemd/placement.ts');
    await updateScope(state.scope, state.cgroups, read);
  }
}

/** In version 2 quota and period are one file: the one that is left out is what it was. */
function withWholeCpu(cgroups: OciCgroups, resources: Resources): Resources {
  const { quota, period } = resources.cpu;
  const files = new CgroupFiles(cgroups);
  const now = files.isV1 ? undefined : files.text('cpu.max');
  if (now === undefined || (quota === undefined) === (period === undefined)) return resources;
  const [quotaNow = 'max', periodNow] = now.trim().split(' ');
  return {
    ...resources,
    cpu: {
      ...resources.cpu,
      quota: quota ?? (quotaNow === 'max' ? -1 : Number(quotaNow)),
      period: period ?? Number(periodNow),
    },
  };
}

/** In version 2 a limit below what is in use has processes killed: cgroup-v2.rst, memory.max. */
function checkUsage(cgroups: OciCgroups, { memory: { limit, checkBeforeUpdate } }: Resources): void {
  if (!checkBeforeUpdate || limit === undefined || limit < 0) return;
  const files = new CgroupFiles(cgroups);
  const usage = files.counter(files.isV1 ? 'memory.usage_in_bytes' : 'memory.current');
  if (usage === undefined || usage <= limit) return;
  throw new TcError(`${usage} bytes are in use`, {
    code: 'LIMIT_BELOW_USAGE',
    operation,
    hint: 'resources.memory.limit: give more, or leave checkBeforeUpdate out.',
  });
}
