import { basename, dirname, join } from 'node:path';
import { readOptional } from '@tc/linux';
import type { CgroupWrite } from './plan.ts';

/** What the files of limits hold in a new cgroup: cgroup-v2.rst; cgroup-v1/memory.rst, sched-bwc.rst. */
const defaults: Readonly<Record<string, string>> = {
  'memory.max': 'max',
  'memory.high': 'max',
  'memory.low': '0',
  'memory.swap.max': 'max',
  'memory.limit_in_bytes': '-1',
  'memory.memsw.limit_in_bytes': '-1',
  'memory.soft_limit_in_bytes': '-1',
  'pids.max': 'max',
  'cpu.max': 'max 100000',
  'cpu.weight': '100',
  'cpu.cfs_quota_us': '-1',
  'cpu.shares': '1024',
};

/** The write that undoes a write of a limit; undefined where there is nothing to undo: v1's memory nodes and period. */
export function lift(write: CgroupWrite): CgroupWrite | undefined {
  const value = liftedValue(write);
  return value === undefined
    ? undefined
    : { ...write, value, what: `lift the limit ${basename(write.path)}` };
}

function liftedValue({ path, value }: CgroupWrite): string | undefined {
  const file = basename(path);
  const [device] = value.split(' ');
  if (file.startsWith('blkio.')) return `${device} 0`; // blkio-controller.rst: 0 removes the rule
  if (file === 'io.max') return `${device} rbps=max wbps=max riops=max wiops=max`;
  return file === 'cpuset.cpus' ? allCpus(dirname(dirname(path))) : defaults[file];
}

/** Where there are processes, neither version takes an empty cpuset (ENOSPC; kernel/cgroup/cpuset.c, validate_change). */
function allCpus(parent: string): string | undefined {
  const read = (file: string) => readOptional(join(parent, file))?.trim();
  return read('cpuset.cpus.effective') ?? read('cpuset.effective_cpus');
}
