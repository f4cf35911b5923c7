/** The validated description of a container that `compileLaunch` takes: everything resolved, nothing optional. */
import type { CgroupPlan } from '../cgroups/plan.ts';

export interface LaunchSpec {
  /** Names the supervisor process, the state directory and the cgroups. */
  readonly id: string;
  /** The runtime directory, for instance /run/tctl. The container's own state lives in `<it>/<id>`. */
  readonly runtimeDirectory: string;
  readonly namespaces: NamespaceSpec;
  /** In a private UTS namespace only. */
  readonly hostname: string | undefined;
  readonly rootfs: RootfsSpec;
  readonly mounts: readonly MountSpec[];
  readonly cgroup: CgroupPlan | undefined;
  readonly process: ProcessSpec;
  /** Kill the container this long after its start. */
  readonly timeoutMs: number | undefined;
}

/** Mount, PID and IPC namespaces are always new. */
export interface NamespaceSpec {
  readonly uts: boolean;
  readonly net: boolean;
  readonly cgroup: boolean;
  readonly user: UserNamespaceSpec | undefined;
  /** The text of timens_offsets: time_namespaces(7). */
  readonly time: { readonly offsets: string } | undefined;
}

export interface UserNamespaceSpec {
  /** The texts of uid_map and gid_map: user_namespaces(7). */
  readonly uidMap: string;
  readonly gidMap: string;
  /** An ordinary user may write gid_map only after giving setgroups(2) up. */
  readonly denySetgroups: boolean;
}

export interface RootfsSpec {
  /** Absolute. */
  readonly path: string;
  /** As `RootfsOptions.mode` says. */
  readonly mode: 'rw' | 'ro' | 'overlay' | 'overlay-ro';
  readonly enter: 'pivot_root' | 'chroot';
}

export interface MountSpec {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** What the source was when the spec was made: its mount point is made alike. */
  readonly sourceType: 'directory' | 'file';
}

export interface ProcessSpec {
  /** At least one. A name without a slash is looked up in `env.PATH` inside the container. */
  readonly argv: readonly string[];
  /** `KEY=value`. */
  readonly env: readonly string[];
  /** Absolute. Made where it is missing. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly umask: number;
  /** The numbers that stay in the bounding, permitted and effective sets. Inheritable and ambient are empty. */
  readonly capabilities: readonly number[];
  readonly maskedPaths: readonly MaskedPath[];
  readonly readonlyPaths: readonly PseudoPath[];
}

/** A path below /proc or /sys, looked up from that mount's own root and never through the container's. */
export interface PseudoPath {
  readonly on: 'proc' | 'sys';
  /** Relative: `kcore`. */
  readonly path: string;
}

export interface MaskedPath extends PseudoPath {
  readonly type: 'file' | 'directory';
}
