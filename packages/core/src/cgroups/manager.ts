import type { CgroupHost } from '@tc/linux';
import type { DeviceRule } from '../security/devices/rules.ts';
import type { NormalLimits } from './limits.ts';
import type { CgroupPlan, CgroupUsage } from './plan.ts';

export interface CgroupRequest {
  /** The container's id. Its cgroups are called `tctl-ID`. */
  readonly id: string;
  readonly limits: NormalLimits;
  /**
   * The cgroup to put it in, as a path from the root of each hierarchy: `jobs/low`. It must exist, and is neither
   * made nor removed. By default the root itself: with no directory shared by containers there is none whose
   * creation and removal they could race for, and nothing is left behind.
   */
  readonly parent?: string | undefined;
  /**
   * What to do about a limit that this machine cannot enforce. `warn` leaves it out. Most such limits are known
   * beforehand and are told as warnings; a file that the kernel then turns out not to have is passed over.
   */
  readonly onUnsupported?: 'error' | 'warn' | undefined;
  /** Nothing else may be opened. Undefined: no rules. */
  readonly deviceRules?: readonly DeviceRule[] | undefined;
}

/** One way in which a machine can lay out its cgroups. Changes nothing by itself: it makes plans. */
export interface CgroupManager {
  readonly mode: CgroupHost['mode'];
  /**
   * @throws TcError LIMIT_UNSUPPORTED, INVALID_ID, INVALID_CGROUP_PARENT, CGROUP_PARENT_NOT_FOUND,
   * CGROUP_PARENT_THREADED, CGROUP_PARENT_BUSY
   */
  plan(request: CgroupRequest): { plan: CgroupPlan; warnings: string[] };
  /** From the texts of the plan's figures, by name. */
  usage(figures: ReadonlyMap<string, string>): CgroupUsage;
}
