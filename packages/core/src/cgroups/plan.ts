import type { Diagnosis } from '../launch/program.ts';
import type { DeviceRule } from '../security/devices/rules.ts';

/** One write into a cgroup file that sets a limit up. */
export interface CgroupWrite {
  /** Absolute path of the file. */
  readonly path: string;
  /** Written in one write(2), without a newline. */
  readonly value: string;
  /** As an error names it: `set the memory limit to 64 MiB`. */
  readonly what: string;
  /** For a reader of `--explain`. */
  readonly why: string;
  /** The file need not exist: swap accounting may be off (`swapaccount=0`). */
  readonly optional?: boolean;
  /** What a failure means, by errno name (`EINVAL`); `other` for the rest. */
  readonly diagnose?: Readonly<Record<string, Diagnosis>>;
}

/** A file whose text the supervisor keeps when the container has ended. */
export interface CgroupFigure {
  /** The key under which `CgroupManager.usage` finds it: the file's own name. */
  readonly name: string;
  readonly path: string;
}

/**
 * What the launch program does with cgroups, as data: it enables, makes the directories, writes, joins, and at
 * the end reads the figures and removes the directories in the reverse order.
 */
export interface CgroupPlan {
  /** The cgroup that Node.js has to leave before the launch, for a leaf below: `stepDown`. Of ordinary users alone. */
  readonly stepDownFrom?: string | undefined;
  /** Writes to cgroup.subtree_control files of ancestors that lack a controller; empty on v1. */
  readonly enable: readonly CgroupWrite[];
  /** The container's own directories, absolute. */
  readonly directories: readonly string[];
  readonly writes: readonly CgroupWrite[];
  readonly join: {
    /** v1: `tasks` files. The container's first process writes `0` to each: no other way avoids a global lock. */
    readonly tasks: readonly string[];
    /** v2: the directory that clone3(CLONE_INTO_CGROUP) starts the container in. */
    readonly into: string | undefined;
  };
  /** For a BPF program on the directory of `join.into`; v1's rules are among the writes. */
  readonly deviceRules?: readonly DeviceRule[] | undefined;
  readonly figures: readonly CgroupFigure[];
  /** v1's freezer.state, for whoever kills a paused container: there a signal waits until it goes on. */
  readonly freezer?: string | undefined;
  /** What the container sees, read-only, below /sys/fs/cgroup: `''` for v2's only directory, else its v1 name. */
  readonly view: readonly { readonly name: string; readonly directory: string }[];
}

/** What the kernel counted for a container over its life. Undefined where the kernel does not count it. */
export interface CgroupUsage {
  /** Highest memory use, in bytes. */
  readonly maxMemoryBytes: number | undefined;
  /** CPU time of all its processes, in microseconds. */
  readonly cpuUsec: number | undefined;
  /** Of that, in user mode and in the kernel. On v1 an estimate: the two need not add up to the whole. */
  readonly cpuUserUsec: number | undefined;
  readonly cpuSystemUsec: number | undefined;
  /** Processes that the kernel's OOM killer ended. */
  readonly oomKills: number | undefined;
  /** Forks refused because of the pids limit. */
  readonly pidsLimitHits: number | undefined;
}
