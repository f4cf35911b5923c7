import type { Cgroup } from '../cgroups/cgroup.ts';
import type { FoundCgroup } from '../cgroups/walk.ts';
import type { CgroupSample } from '../frames/frame.ts';
import { monotonicMs } from '../sampling/monotonic.ts';
import type { Shard } from './shard.ts';

/** A cgroup that is sampled, as the main thread knows it. */
export interface Tracked {
  readonly found: FoundCgroup;
  /** Another object once its name becomes known. */
  cgroup: Cgroup;
  /** By CLOCK_MONOTONIC. */
  readonly sinceMs: number;
  ref: number | undefined;
  /** Who samples it; undefined in quarantine. */
  shard: Shard | undefined;
  /** The newest sample that was seen. */
  last: CgroupSample | undefined;
  lastMonotonicMs: number;
  lastChangedMs: number;
  costUsec: number;
  /** How often a thread was blocked by it. */
  strikes: number;
  /** Until then nobody reads it. */
  quarantinedUntilMs: number;
}

export function track(found: FoundCgroup, cgroup: Cgroup): Tracked {
  return {
    found,
    cgroup,
    sinceMs: monotonicMs(),
    ref: undefined,
    shard: undefined,
    last: undefined,
    lastMonotonicMs: 0,
    lastChangedMs: 0,
    costUsec: 0,
    strikes: 0,
    quarantinedUntilMs: 0,
  };
}
