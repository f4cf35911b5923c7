export { normaliseLimits } from './normalise-limits.ts';

/** Limits as `run()` takes them. Sizes are bytes or strings like `64m`, `1.5g` (powers of 1024). */
export interface Limits {
  /** Hard limit; beyond it the kernel's OOM killer ends a process of the container. */
  memory?: number | string | undefined;
  /** Above it the container is throttled and its memory reclaimed. cgroup v2 only. */
  memoryHigh?: number | string | undefined;
  /** Memory below it is reclaimed last. */
  memoryLow?: number | string | undefined;
  /** Swap on top of `memory`; 0 by default where `memory` is set, so that the limit is hard. */
  memorySwap?: number | string | 'max' | undefined;
  /** Processes and threads. */
  pids?: number | 'max' | undefined;
  /** CPU time in cores: 0.5 is half of one CPU. At least 0.01. */
  cpus?: number | undefined;
  /** Share under contention, 1 to 10000; 100 is the default. */
  cpuWeight?: number | undefined;
  /** CPUs it may use: `0-3,5`. */
  cpuset?: string | undefined;
  /** cgroup v1 sees only direct and synchronous IO: writes through the page cache pass it by. */
  io?: readonly IoLimit[] | undefined;
}

export interface IoLimit {
  /** A block device, a whole disk: its path, or `major:minor`. */
  device: string;
  readBps?: number | string | undefined;
  writeBps?: number | string | undefined;
  readIops?: number | undefined;
  writeIops?: number | undefined;
}

/** Limits, checked and in the kernel's units. `'max'` is no limit, as is undefined. */
export interface NormalLimits {
  readonly memoryBytes?: number | 'max' | undefined;
  readonly memoryHighBytes?: number | 'max' | undefined;
  readonly memoryLowBytes?: number | undefined;
  /** On top of `memoryBytes`. Undefined: none, where there is a memory limit and the kernel counts swap. */
  readonly swapBytes?: number | 'max' | undefined;
  readonly pids?: number | 'max' | undefined;
  /** CPU time in each `cpuPeriodUsec`. */
  readonly cpuQuotaUsec?: number | undefined;
  readonly cpuWeight?: number | undefined;
  /** In the kernel's list format, in order. */
  readonly cpuset?: string | undefined;
  readonly io?: readonly NormalIoLimit[] | undefined;
}

export interface NormalIoLimit {
  /** `major:minor`. */
  readonly device: string;
  /** As the user named it. */
  readonly name: string;
  readonly readBps?: number | undefined;
  readonly writeBps?: number | undefined;
  readonly readIops?: number | undefined;
  readonly writeIops?: number | undefined;
}

/** As errors name them. */
export const limitNames: Readonly<Record<keyof NormalLimits, string>> = {
  memoryBytes: 'the limit memory',
  memoryHighBytes: 'the limit memoryHigh',
  memoryLowBytes: 'the limit memoryLow',
  swapBytes: 'the limit memorySwap',
  pids: 'the limit pids',
  cpuQuotaUsec: 'the limit cpus',
  cpuWeight: 'the limit cpuWeight',
  cpuset: 'the limit cpuset',
  io: 'the limit io',
};
