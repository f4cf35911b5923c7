/** A container in a scope of systemd's: it makes the cgroup, and puts the launcher into it, whose child is born there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CgroupHost, readCgroupHost, readOptional, TcError } from '@tc/linux';
import { applyWrites } from '../../cgroups/apply-writes.ts';
import { writeOptional } from '../../cgroups/tree.ts';
import { cgroupPlan, cgroupsOf, type OciCgroups, resourceWrites } from '../cgroups.ts';
import type { OciConfig } from '../config/config.ts';
import type { SystemdScope } from '../container-state.ts';
import type { Placement } from '../placement.ts';
import { writesV2 } from '../resource-writes.ts';
import type { Resources } from '../resources.ts';
import { SystemdManager } from './manager.ts';
import { limitProperties, type Property, property } from './properties.ts';
import { scopeName, slicePath } from './unit.ts';

/** What systemd itself enables for a scope with Delegate=: systemd.resource-control(5). */
const itsControllers: ReadonlySet<string> = new Set(['cpu', 'cpuset', 'io', 'memory', 'pids']);

/** @throws TcError SYSTEMD_CGROUP_UNSUPPORTED, SYSTEMD_UNREACHABLE, INVALID_BUNDLE, UNSUPPORTED_FIELD */
export async function placeInScope(config: OciConfig, id: string, isRoot: boolean): Promise<Placement> {
  const host = readCgroupHost();
  if (host.mode !== 'v2') throw needsV2(host);
  const { resources: given, cgroupsPath } = config.linux;
  const { unit, slice } = scopeName(cgroupsPath, id, isRoot ? 'system.slice' : 'user.slice');
  const below = slicePath(slice);
  // In a user namespace there are no devices but those that are bound.
  const resources = isRoot ? given : { ...given, devices: [] };
  const properties = [...scopeProperties(id, slice), ...limitProperties(writesV2(resources))];
  const scope: SystemdScope = { unit, user: !isRoot };
  const above = await withManager(scope, (manager) => manager.controlGroup());
  const path = join('/', above, below, unit);
  const cgroups = cgroupsOf(host, path);
  /** Not where somebody else has a unit of that name: that is left alone. */
  let isOurs = false;
  return {
    cgroups,
    scope,
    make: () => ({ above: [], undo: () => true }),
    plan: () => cgroupPlan(host, cgroups, resources, path, itsControllers),
    async adopt(pid) {
      isOurs = true;
      try {
        await withManager(scope, (manager) => manager.startScope(unit, pid, properties));
      } catch (error) {
        isOurs = (error as TcError).code !== 'CGROUP_IN_USE';
        throw error;
      }
      const directory = cgroups.v2 ?? '';
      if (!existsSync(directory)) throw elsewhere(unit, directory);
    },
    async release() {
      if (isOurs) await stopScope(scope);
    },
  };
}

function scopeProperties(id: string, slice: string): Property[] {
  const accounting = ['CPU', 'IO', 'Memory', 'Tasks'].map((of) => property(`${of}Accounting`, 'b', true));
  return [
    property('Description', 's', `tc-runtime container ${id}`),
    property('Slice', 's', slice),
    // The files below are the container's, and so is what limits it besides systemd's properties.
    property('Delegate', 'b', true),
    // What stops the engine at a shutdown stops its containers: systemd.scope(5), "Default Dependencies".
    property('DefaultDependencies', 'b', false),
    property('CollectMode', 's', 'inactive-or-failed'),
    ...accounting,
  ];
}

/**
 * Other limits for a scope. The kernel is asked first, as its errors are better and nothing is changed then. With
 * any property systemd writes the quota of the CPUs anew, as it rounds it: what was there is put back.
 * @throws TcError
 */
export async function updateScope(
  scope: SystemdScope,
  cgroups: OciCgroups,
  resources: Resources,
): Promise<void> {
  const writes = resourceWrites(cgroups, resources);
  const undo = applyWrites(writes);
  const quota = join(cgroups.v2 ?? '', 'cpu.max');
  const exact = readOptional(quota)?.trim();
  try {
    const properties = limitProperties(writesV2(resources));
    if (properties.length > 0)
      await withManager(scope, (manager) => manager.setProperties(scope.unit, properties));
  } catch (error) {
    undo();
    throw error;
  }
  if (exact !== undefined) writeOptional(quota, exact);
}

/** @throws TcError SYSTEMD_UNREACHABLE, SYSTEMD_REFUSED */
export async function stopScope(scope: SystemdScope): Promise<void> {
  await withManager(scope, (manager) => manager.stop(scope.unit));
}

async function withManager<T>(
  { user }: SystemdScope,
  act: (manager: SystemdManager) => Promise<T>,
): Promise<T> {
  using manager = await SystemdManager.connect(user);
  return await act(manager);
}

function needsV2({ mode }: CgroupHost): TcError {
  return new TcError(
    `it needs cgroup version 2; this machine has ${mode === 'none' ? 'none' : `${mode} cgroups`}`,
    {
      code: 'SYSTEMD_CGROUP_UNSUPPORTED',
      operation: 'use the systemd cgroup driver',
      hint: 'Use the cgroupfs driver: podman --cgroup-manager cgroupfs, Docker native.cgroupdriver=cgroupfs.',
    },
  );
}

function elsewhere(unit: string, path: string): TcError {
  return new TcError(`${unit} is not where it should be`, {
    code: 'SYSTEMD_REFUSED',
    operation: 'use the systemd cgroup driver',
    path,
    hint: 'systemctl status UNIT shows its cgroup. Does this process see the same cgroups as systemd?',
  });
}
