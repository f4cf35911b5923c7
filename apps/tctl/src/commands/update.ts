import { Container, type LimitUpdate } from '@tc/core';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { UsageError } from '../cli/usage-error.ts';
import { update } from '../table/life.ts';
import { toLimits } from './to-limits.ts';

export const updateCommand = command(update, async (values, names) => {
  const limits: LimitUpdate = toLimitUpdate(values);
  return forEach(names, async (name) => {
    await (await Container.get(name)).update(limits);
    return name;
  });
});

/** @throws UsageError */
export function toLimitUpdate(values: Parameters<typeof toLimits>[0]): LimitUpdate {
  const lifted = new Set(Object.entries(values).flatMap(([name, value]) => (value === 'max' ? name : [])));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !lifted.has(name)));
  const limits: LimitUpdate = toLimits(rest);
  for (const [option, limit] of liftable) if (lifted.delete(option)) limits[limit] = 'max';
  const [odd] = lifted;
  if (odd !== undefined) throw new UsageError(`--${odd} can't be max`);
  if (Object.values(limits).every((value) => value === undefined))
    throw new UsageError('there is nothing to change', 'tctl update --help lists the limits.');
  return limits;
}

const liftable = [
  ['memory', 'memory'],
  ['memory-high', 'memoryHigh'],
  ['memory-reservation', 'memoryLow'],
  ['memory-swap', 'memorySwap'],
  ['pids', 'pids'],
  ['pids-limit', 'pids'],
  ['cpus', 'cpus'],
  ['cpu-weight', 'cpuWeight'],
  ['cpuset-cpus', 'cpuset'],
] as const;
