import type { Cgroup } from '../cgroups/cgroup.ts';
import type { Figures, Rates } from '../figures/table.ts';

/** One cgroup at one moment. */
export interface CgroupSample {
  readonly cgroup: Cgroup;
  readonly figures: Figures;
  /** A second, of each counter. CPU cores in use are `rates.cpuUsageUsec / 1e6`. */
  readonly rates: Rates;
  /** How long ago it was read: more than an interval where a read blocks. */
  readonly ageMs: number;
  /** It is older than two intervals: its worker blocks, or was replaced a moment ago. */
  readonly stale: boolean;
  /** Since the cgroup was made. */
  readonly uptimeMs: number | undefined;
}

/** The host at one moment. */
export interface HostFigures {
  readonly cpus: number;
  /** Share of all CPUs that was in use since the frame before: 0 to 1. */
  readonly cpuShare: number | undefined;
  /** The same for each CPU. */
  readonly cpuShares: readonly number[];
  readonly load: readonly [number, number, number];
  readonly memoryBytes: number;
  readonly memoryTotalBytes: number;
  readonly swapBytes: number;
  readonly swapTotalBytes: number;
  /** PSI: share of the last 10 s, 0 to 1; undefined where the kernel has none. */
  readonly cpuPressureSome: number | undefined;
  readonly memoryPressureSome: number | undefined;
  readonly memoryPressureFull: number | undefined;
  readonly ioPressureSome: number | undefined;
  readonly ioPressureFull: number | undefined;
  readonly uptimeMs: number;
}

/** What `monitor()` gives once an interval. */
export interface Frame {
  readonly time: Date;
  /** CLOCK_MONOTONIC, for differences. */
  readonly monotonicMs: number;
  readonly intervalMs: number;
  readonly host: HostFigures;
  /** By path. */
  readonly cgroups: readonly CgroupSample[];
}
