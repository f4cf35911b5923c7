import { parseCpuList } from '@tc/linux';
import type { Controller, ControllerVersion, Setting, SettingContext } from './controller.ts';

const CPUS = 'the container runs on no other CPU';

/**
 * The CPUs, if all of them are to be had. v1 would refuse others (EACCES); v2 would take them, and silently give
 * the container all that its parent has where none is left (cgroup-v2.rst, "cpuset.cpus").
 */
function available(
  cpuset: string | undefined,
  cpus: string | undefined,
  context: SettingContext,
): string | undefined {
  if (cpuset === undefined || cpus === undefined) return cpuset;
  const there = new Set(parseCpuList(cpus));
  if (parseCpuList(cpuset).every((cpu) => there.has(cpu))) return cpuset;
  context.unsupported(
    'cpuset',
    `CPUs ${cpuset} are not all there`,
    `Choose from ${cpus.trim() || 'none: the cgroup above has no CPUs'}.`,
  );
  return undefined;
}

const cpuSetting = (value: string, why: string): Setting => ({
  file: 'cpuset.cpus',
  value,
  what: `bind the container to the CPUs ${value}`,
  why,
});

/** Documentation/admin-guide/cgroup-v2.rst, "Cpuset Interface Files". */
const v2: ControllerVersion = {
  controller: 'cpuset',
  figures: [],
  settings(limits, context) {
    const cpus = available(limits.cpuset, context.parentFile('cpuset.cpus.effective'), context);
    return cpus === undefined ? [] : [cpuSetting(cpus, CPUS)];
  },
  usage: () => ({}),
};

const FIRST = 'a new v1 group has none, and nothing can join before it has';

/** Documentation/admin-guide/cgroup-v1/cpusets.rst. The files whose names begin with `effective` since Linux 3.17. */
const v1: ControllerVersion = {
  controller: 'cpuset',
  figures: [],
  settings(limits, context) {
    const parentList = (name: string) =>
      (context.parentFile(`cpuset.effective_${name}`) ?? context.parentFile(`cpuset.${name}`))?.trim();
    const parentCpus = parentList('cpus');
    const wanted = available(limits.cpuset, parentCpus, context);
    const cpus = wanted ?? parentCpus;
    const mems = parentList('mems');
    const settings: Setting[] = [];
    if (cpus) settings.push(cpuSetting(cpus, wanted === undefined ? FIRST : CPUS));
    if (mems) {
      settings.push({ file: 'cpuset.mems', value: mems, what: `allow the memory nodes ${mems}`, why: FIRST });
    }
    return settings;
  },
  usage: () => ({}),
};

export const cpuset: Controller = { always: false, limits: ['cpuset'], v1, v2 };
