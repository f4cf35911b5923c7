/** Limits as `run()` takes them. Sizes are bytes or strings like `64m`, `1.5g` (powers of 1024). */
export interface Limits {
  /** Hard limit; beyond it the kernel's OOM killer ends a process of the container. */
  memory?: number | string;
  /** Above it the container is throttled and its memory reclaimed. cgroup v2 only. */
  memoryHigh?: number | string;
  /** Memory below it is reclaimed last. */
  memoryLow?: number | string;
  /** Swap on top of `memory`; 0 by default where `memory` is set, so that the limit is hard. */
  memorySwap?: number | string | 'max';
  /** Processes and threads. */
  pids?: number | 'max';
  /** CPU time in cores: 0.5 is half of one CPU. At least 0.01. */
  cpus?: number;
  /** Share under contention, 1 to 10000; 100 is the default. */
  cpuWeight?: number;
  /** CPUs it may use: `0-3,5`. */
  cpuset?: string;
  io?: readonly IoLimit[];
}

export interface IoLimit {
  /** A block device: its path, or `major:minor`. */
  device: string;
  readBps?: number | string;
  writeBps?: number | string;
  readIops?: number;
  writeIops?: number;
}
