/** Changes the limits of a container that runs. */
import { dirname } from 'node:path';
import { TcError } from '@tc/linux';
import { applyWrite, applyWrites, isIo } from './apply-writes.ts';
import { lift } from './lift.ts';
import type { NormalLimits } from './limits.ts';
import type { CgroupManager, CgroupRequest } from './manager.ts';
import type { CgroupPlan, CgroupWrite } from './plan.ts';

const operation = 'change the limits of a container';

/**
 * Writes what differs between two sets of limits. Where the kernel refuses one, those written before are put back.
 * @param directories the container's own cgroups
 * @returns what puts everything back
 * @throws TcError LIMIT_UNSUPPORTED, LIMIT_NOT_LIVE, LIMIT_BELOW_USAGE, INVALID_LIMIT
 */
export function updateContainerCgroup(
  manager: CgroupManager,
  directories: readonly string[],
  request: Omit<CgroupRequest, 'limits'> & { readonly from: NormalLimits; readonly to: NormalLimits },
): () => void {
  const { from, to, ...rest } = request;
  const plan = manager.plan({ ...rest, limits: to }).plan;
  const old = manager.plan({ ...rest, limits: from, onUnsupported: 'warn' }).plan;
  const writes = [...liftWrites(old, plan), ...changedWrites(old, plan)];
  for (const { path } of writes) checkJoined(dirname(path), directories);
  if (writes.length === 0) return () => {};
  plan.enable.forEach(applyWrite);
  return applyWrites(writes);
}

/** What a write sets: a file, or one device's line of it. */
const keyOf = ({ path, value }: CgroupWrite) => (isIo(path) ? `${path} ${value.split(' ')[0]}` : path);

function changedWrites(old: CgroupPlan, plan: CgroupPlan): CgroupWrite[] {
  const before = new Map(old.writes.map((write) => [keyOf(write), write.value]));
  return plan.writes.filter((write) => before.get(keyOf(write)) !== write.value);
}

function liftWrites(old: CgroupPlan, plan: CgroupPlan): CgroupWrite[] {
  const kept = new Set(plan.writes.map(keyOf));
  const gone = old.writes.filter((write) => !kept.has(keyOf(write)));
  return gone.flatMap((write) => lift(write) ?? []);
}

/** A v1 hierarchy that it did not join at its start has no directory of it, and its supervisor would leave one. */
function checkJoined(directory: string, directories: readonly string[]): void {
  if (directories.includes(directory)) return;
  const isWithout = directories.length === 0;
  throw new TcError(
    isWithout ? 'it runs without cgroups' : 'it was started outside that hierarchy of cgroups',
    {
      code: 'LIMIT_NOT_LIVE',
      operation,
      path: directory,
      hint: isWithout
        ? 'An ordinary user needs a cgroup of its own: tctl doctor. Then stop the container, and start it with limits.'
        : 'Stop the container, change the limit, and start it again.',
    },
  );
}
