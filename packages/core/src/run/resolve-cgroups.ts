import { type CgroupHost, readCgroupHost } from '@tc/linux';
import { currentCgroupManager } from '../cgroups/current.ts';
import { notDelegated, selectDelegation } from '../cgroups/delegation-manager.ts';
import { type NormalLimits, normaliseLimits } from '../cgroups/limits.ts';
import type { CgroupManager } from '../cgroups/manager.ts';
import type { CgroupPlan } from '../cgroups/plan.ts';
import type { DeviceRule } from '../security/devices/rules.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';

export interface ResolvedCgroups {
  readonly manager: CgroupManager | undefined;
  readonly plan: CgroupPlan | undefined;
  readonly warnings: readonly string[];
}

const none: ResolvedCgroups = { manager: undefined, plan: undefined, warnings: [] };

/**
 * @throws TcError INVALID_OPTION, INVALID_LIMIT, LIMIT_UNSUPPORTED, CGROUP_NOT_DELEGATED, and what
 *   `CgroupManager.plan` throws
 * @param toShow only to be explained: where this user may not set limits, those that root would
 */
export function resolveCgroups(
  id: string,
  options: RunOptions,
  {
    toShow = false,
    deviceRules,
  }: { toShow?: boolean | undefined; deviceRules?: readonly DeviceRule[] | undefined } = {},
): ResolvedCgroups {
  const limits = normaliseLimits(options.limits ?? {});
  const limited = Object.values(limits).some((limit) => limit !== undefined);
  if (options.cgroups === 'disabled') {
    if (!limited) return none;
    invalid('limits need cgroups', 'set limits', 'Leave out either the limits or cgroups: "disabled".');
  }
  const { cgroupParent: parent, onUnsupported } = options;
  if (process.geteuid?.() !== 0 && parent === undefined) {
    const mayNot = toShow && limited && selectDelegation(currentHost(), limits) === undefined;
    if (!mayNot) return resolveDelegated(id, limits, limited, onUnsupported);
  }
  const manager = currentCgroupManager();
  return { manager, ...manager.plan({ id, limits, parent, onUnsupported, deviceRules }) };
}

/** An ordinary user: without limits, a container without cgroups is better than none. */
function resolveDelegated(
  id: string,
  limits: NormalLimits,
  limited: boolean,
  onUnsupported: RunOptions['onUnsupported'],
): ResolvedCgroups {
  const host = currentHost();
  const delegated = selectDelegation(host, limits);
  if (delegated !== undefined) {
    const { manager, parent, stepDownFrom } = delegated;
    const { plan, warnings } = manager.plan({ id, limits, parent, onUnsupported });
    return { manager, plan: { ...plan, stepDownFrom }, warnings };
  }
  if (!limited) return none;
  const error = notDelegated(host);
  if (onUnsupported !== 'warn') throw error;
  return { ...none, warnings: [`${error.message}. They are left out. ${error.hint}`] };
}

let host: CgroupHost | undefined;

/** Where cgroups are mounted does not change while a process runs. */
function currentHost(): CgroupHost {
  host ??= readCgroupHost();
  return host;
}
