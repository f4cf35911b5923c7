/** A process of a cgroup. See proc_pid_stat(5). */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  /** What it calls itself, at most 15 bytes: as hostile as the process is. */
  readonly name: string;
  /** Its arguments; empty for kernel threads and the dead. As hostile as the process is. */
  readonly command: readonly string[];
  /** The real user id, as the host counts. */
  readonly userId: number | undefined;
  /** `R` runs, `S` sleeps, `D` waits for a disk, `T` is stopped, `Z` is dead. */
  readonly state: string;
  readonly threads: number;
  /** Resident pages, with those that it shares. */
  readonly memoryBytes: number;
  readonly cpuUsec: number;
  /** Cores in use since the reading before; undefined in the first one. */
  readonly cpuCores: number | undefined;
  readonly startedAt: Date;
  /** Of the cgroup that it is in: the one asked for, or one below. */
  readonly cgroupPath: string;
}
