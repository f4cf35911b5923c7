import { availableParallelism } from 'node:os';
import { parseCpuList } from '@tc/linux';
import type { LaunchSpec } from '../launch/spec.ts';
import { parseDuration } from './duration.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';

/** @throws TcError INVALID_DURATION, INVALID_OPTION */
export function resolveCpuTime(options: RunOptions, cgroup: LaunchSpec['cgroup']): LaunchSpec['cpuTime'] {
  if (options.cpuTime === undefined) return undefined;
  const operation = 'set the CPU time';
  const limitMs = parseDuration(options.cpuTime, operation);
  const counted = cgroup?.figures.some(({ name }) => name === 'cpu.stat' || name === 'cpuacct.usage');
  if (!counted) {
    const hint = 'Run as root, or in a cgroup that is yours; timeout limits the time that passes.';
    invalid('without cgroups nobody counts the CPU time of a container', operation, hint);
  }
  const { cpuset } = options.limits ?? {};
  return { limitMs, cpus: cpuset === undefined ? availableParallelism() : parseCpuList(cpuset).length };
}
