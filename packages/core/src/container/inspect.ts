import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import type { RootfsOptions } from '../run/options.ts';
import type { ContainerRecord } from '../state/state-directory.ts';
import type { ContainerInfo, ContainerState } from './options.ts';
import { nameOf } from './reference.ts';

export function infoOf(record: ContainerRecord): ContainerInfo {
  const { id, config, launch, running } = record;
  const options = config?.options;
  const rootfs = options && pathOf(options.rootfs);
  return {
    id,
    name: nameOf(record),
    state: stateOf(record),
    command: options?.command ?? launch?.command ?? [],
    image: options?.image ?? launch?.image,
    labels: options?.labels ?? launch?.labels ?? {},
    createdAt: new Date(createdAtMsOf(record)),
    startedAt: running?.startedAt ?? record.exit?.startedAt,
    pid: running?.pid,
    exit: record.exit,
    detached: options?.detached ?? launch?.detached ?? false,
    tty: Boolean(options?.tty ?? launch?.tty),
    ephemeral: config === undefined,
    limits: options?.limits ?? launch?.limits ?? {},
    rootfs: rootfs ?? launch?.rootfs.layers[0] ?? '',
    hostname: options?.hostname ?? launch?.hostname,
    cgroups: running === undefined ? [] : (launch?.cgroups ?? []),
    options,
  };
}

export function createdAtMsOf({ config, launch }: ContainerRecord): number {
  return config?.createdAtMs ?? launch?.createdAtMs ?? 0;
}

/** Of several layers the topmost. */
function pathOf(rootfs: string | RootfsOptions): string | undefined {
  const path = typeof rootfs === 'string' ? rootfs : rootfs.path;
  return typeof path === 'string' ? path : path[0];
}

function stateOf({ running, launch, exit }: ContainerRecord): ContainerState {
  if (running !== undefined) return isContainerCgroupFrozen(launch?.cgroups ?? []) ? 'paused' : 'running';
  return exit === undefined ? 'created' : 'exited';
}
