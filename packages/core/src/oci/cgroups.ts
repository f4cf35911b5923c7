/** The cgroups of an OCI container: where linux.cgroupsPath says, in every hierarchy. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { type CgroupHost, readOptional, TcError } from '@tc/linux';
import { deviceWrites } from '../cgroups/devices.ts';
import { enableWrites } from '../cgroups/enable.ts';
import { hostFacts } from '../cgroups/facts.ts';
import type { CgroupPlan, CgroupWrite } from '../cgroups/plan.ts';
import { pidsIn, treeOf } from '../cgroups/tree.ts';
import { refuse, unsupported } from './json.ts';
import { deviceRulesOf, type ResourceWrite, writesV1, writesV2 } from './resource-writes.ts';
import type { Resources } from './resources.ts';

export interface OciCgroups {
  /** Absolute; version 2's is the last. */
  readonly directories: readonly string[];
  /** By version 1 controller. */
  readonly v1: Readonly<Record<string, string>>;
  readonly v2: string | undefined;
}

/** `path` without the mount point: `/libpod_parent/libpod-ID`. @throws TcError */
export function cgroupsPath(given: string | undefined, id: string): string {
  const path = given ?? `/tc-runtime-${id}`;
  if (/^[^/]*:[^/]*:[^/]*$/.test(path))
    refuse('linux.cgroupsPath', 'is for the systemd cgroup driver: that takes --systemd-cgroup');
  const normal = posix.resolve('/', path);
  if (normal === '/' || /[\n\0]/.test(path)) refuse('linux.cgroupsPath', 'is no path below the root cgroup');
  if (path.split('/').includes('..')) refuse('linux.cgroupsPath', 'contains ..');
  return normal;
}

export function cgroupsOf(host: CgroupHost, path: string): OciCgroups {
  const v1 = Object.fromEntries([...host.v1].map(([name, { mountPoint }]) => [name, join(mountPoint, path)]));
  const v2 = host.v2 === undefined ? undefined : join(host.v2.mountPoint, path);
  return { v1, v2, directories: [...new Set(Object.values(v1)), ...(v2 === undefined ? [] : [v2])] };
}

export function resourceWrites({ v1, v2 }: OciCgroups, resources: Resources): CgroupWrite[] {
  const isV1 = Object.keys(v1).length > 0;
  const writes = isV1 ? writesV1(resources) : writesV2(resources);
  const limits = writes.map((write) => toWrite(write, isV1 ? v1[write.controller] : v2));
  const [rules, devices] = [deviceRulesOf(resources), v1['devices']];
  return rules === undefined || devices === undefined ? limits : [...limits, ...deviceWrites(devices, rules)];
}

function toWrite(
  { controller, file, value, optional }: ResourceWrite,
  directory: string | undefined,
): CgroupWrite {
  if (directory === undefined)
    return unsupported(
      'linux.resources',
      `needs the cgroup controller ${controller}, which this machine lacks`,
    );
  return {
    path: join(directory, file),
    value,
    what: `set ${file} to ${value}`,
    why: 'linux.resources asks for it',
    ...(optional ? { optional } : {}),
    diagnose: {
      ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: `linux.resources: this kernel has no ${file}.` },
      EINVAL: {
        code: 'INVALID_LIMIT',
        hint: `linux.resources: the kernel does not take ${value} for ${file}.`,
      },
    },
  };
}

/**
 * The directories are made, for `makeCgroups`.
 * @param enabled controllers that somebody else sees to; nothing is enabled then that no limit needs
 */
export function cgroupPlan(
  host: CgroupHost,
  cgroups: OciCgroups,
  resources: Resources,
  path: string,
  enabled?: ReadonlySet<string>,
): CgroupPlan {
  const { v1, v2 } = cgroups;
  const v1Directories = [...new Set(Object.values(v1))];
  const required = [
    ...new Set(
      resourceWrites(cgroups, resources).map(({ path: file }) => basename(file).split('.')[0] ?? ''),
    ),
  ];
  const wanted = enabled === undefined ? ['cpu', 'memory', 'pids', 'io', 'cpuset', 'hugetlb'] : [];
  const view = v1Directories.map((directory) => ({
    name: basename(directory.slice(0, -path.length)),
    directory,
  }));
  return {
    enable:
      host.mode === 'v2'
        ? enableWrites(
            { mountPoint: host.v2.mountPoint, parent: dirname(path) },
            { required: required.filter((each) => each !== 'cgroup' && !enabled?.has(each)), wanted },
            hostFacts,
          )
        : [],
    directories: [],
    writes: resourceWrites(cgroups, resources),
    deviceRules: v1['devices'] === undefined ? deviceRulesOf(resources) : undefined,
    join: { tasks: v1Directories.map((directory) => join(directory, 'tasks')), into: v2 },
    figures: [],
    freezer: v1['freezer'] === undefined ? undefined : join(v1['freezer'], 'freezer.state'),
    view: v1Directories.length === 0 && v2 !== undefined ? [{ name: '', directory: v2 }] : view,
  };
}

export interface MadeCgroups {
  /** Those above them that were missing, the topmost first. */
  readonly above: readonly string[];
  /** Undoes it, and says whether they are gone: who was in one is there a moment longer. */
  undo(): boolean;
}

/** Makes them, with what is missing above. @throws TcError CGROUP_IN_USE */
export function makeCgroups({ directories }: OciCgroups): MadeCgroups {
  const made: string[] = [];
  const undo = () => {
    removeEmpty(made);
    // Others may be in those above by now.
    return !directories.some((directory) => made.includes(directory) && existsSync(directory));
  };
  try {
    for (const directory of directories) {
      const missing: string[] = [];
      for (let each = directory; !existsSync(each); each = dirname(each)) missing.unshift(each);
      // Below it, too: its end is the end of all that is in there.
      const used = missing.length > 0 ? undefined : treeOf(directory).find((each) => pidsIn(each).length > 0);
      if (used !== undefined) throw inUse(used);
      for (const each of missing) {
        mkdirSync(each, { mode: 0o755 });
        made.push(each);
        fillCpuset(each);
      }
    }
  } catch (error) {
    undo();
    throw error;
  }
  return { above: made.filter((each) => !directories.includes(each)), undo };
}

function inUse(path: string): TcError {
  const hint = 'Give linux.cgroupsPath another value.';
  return new TcError('there are processes in it', {
    code: 'CGROUP_IN_USE',
    operation: 'make the cgroups',
    path,
    hint,
  });
}

/** In version 1 nobody can join a cpuset before it has CPUs and memory. */
function fillCpuset(directory: string): void {
  if (existsSync(join(directory, 'cgroup.controllers'))) return;
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const [own, above] = [directory, dirname(directory)].map((each) =>
      readOptional(join(each, file))?.trim(),
    );
    if (own === '' && above !== undefined) writeFileSync(join(directory, file), above);
  }
}

/** The last first. One with processes or cgroups of others in it stays. */
export function removeEmpty(directories: readonly string[]): void {
  for (const directory of directories.toReversed()) {
    try {
      rmdirSync(directory);
    } catch {}
  }
}
