/**
 * Whose processes: those of a cgroup and of those below it, by its path; or, of a container without a cgroup, those of
 * the PID namespace that a process is in. Where that namespace is one's own: those that descend from the process.
 */
export type ProcessesOf = string | { readonly pid: number };

/** A process. See proc_pid_stat(5). */
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
  /** Of the cgroup that it is in: the one asked for, or one below. Undefined where no cgroup was asked for. */
  readonly cgroupPath: string | undefined;
}
