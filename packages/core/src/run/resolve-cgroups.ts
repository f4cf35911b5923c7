import { readCgroupHost } from '@tc/linux';
import { normaliseLimits } from '../cgroups/limits.ts';
import type { CgroupManager } from '../cgroups/manager.ts';
import type { CgroupPlan } from '../cgroups/plan.ts';
import { selectCgroupManager } from '../cgroups/select.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';

export interface ResolvedCgroups {
  readonly manager: CgroupManager | undefined;
  readonly plan: CgroupPlan | undefined;
  readonly warnings: readonly string[];
}

const none: ResolvedCgroups = { manager: undefined, plan: undefined, warnings: [] };

/** @throws TcError INVALID_OPTION, INVALID_LIMIT, LIMIT_UNSUPPORTED, and what `CgroupManager.plan` throws */
export function resolveCgroups(id: string, options: RunOptions): ResolvedCgroups {
  const limits = normaliseLimits(options.limits ?? {});
  const limited = Object.values(limits).some((limit) => limit !== undefined);
  if (options.cgroups === 'disabled') {
    if (!limited) return none;
    invalid('limits need cgroups', 'set limits', 'Leave out either the limits or cgroups: "disabled".');
  }
  // An ordinary user owns no cgroup; without limits the container runs without one.
  if (!limited && process.geteuid?.() !== 0) return none;
  const manager = currentManager();
  const { cgroupParent: parent, onUnsupported } = options;
  return { manager, ...manager.plan({ id, limits, parent, onUnsupported }) };
}

let current: CgroupManager | undefined;

/** Where cgroups are mounted does not change while a process runs. */
function currentManager(): CgroupManager {
  current ??= selectCgroupManager(readCgroupHost());
  return current;
}
