/** The validated description of a container that `compileLaunch` takes: everything resolved, nothing optional. */
import type { CgroupPlan } from '../cgroups/plan.ts';
import type { LandlockRuleset } from '../security/landlock/resolve-landlock.ts';
import type { SeccompChoice, SeccompFlag } from '../security/seccomp/profile.ts';
import type { Architecture } from './interpreter/bytes.ts';

/** What the start of a container and that of a command in one have in common. */
export interface CommandSpec {
  readonly namespaces: Pick<NamespaceSpec, 'user'>;
  readonly process: ProcessSpec;
  readonly terminal: TerminalSpec | undefined;
  readonly timeoutMs: number | undefined;
}

export interface LaunchSpec extends CommandSpec {
  /** Names the supervisor process, the state directory and the cgroups. */
  readonly id: string;
  /** For the journal of events. */
  readonly name: string;
  /** The runtime directory, for instance /run/tctl. The container's own state lives in `<it>/<id>`. */
  readonly runtimeDirectory: string;
  readonly namespaces: NamespaceSpec;
  /** In a private UTS namespace only. */
  readonly hostname: string | undefined;
  readonly rootfs: RootfsSpec;
  readonly mounts: readonly MountSpec[];
  /** Besides those that every container has. */
  readonly devices?: readonly DeviceSpec[] | undefined;
  /** Only settings that belong to the container’s own namespaces. */
  readonly sysctls: readonly SysctlSpec[];
  readonly cgroup: CgroupPlan | undefined;
  readonly process: ProcessSpec;
  /** Kill the container this long after its start. */
  readonly timeoutMs: number | undefined;
  /** Kill it when it has used this much CPU time, with so many CPUs. Needs cgroups. */
  readonly cpuTime: { readonly limitMs: number; readonly cpus: number } | undefined;
  readonly lifetime: LifetimeSpec;
  /** A terminal of its own; standard streams that the supervisor was given are not used then. */
  readonly terminal: TerminalSpec | undefined;
  /** The supervisor keeps the output; the streams it was given for it are not used then. */
  readonly logs: LogSpec | undefined;
  /** The supervisor makes the pipe for stdin and holds its other end. */
  readonly openStdin: boolean;
  /** A reaper as the first process, the command its child. */
  readonly init: boolean;
}

export interface LifetimeSpec {
  /** The end of whoever started it ends the container. */
  readonly attached: boolean;
  /**
   * What the end leaves: `nothing` of a `run()`, whose state directory the supervisor makes itself; the whole state
   * directory with the record in it (`record`), which `Container.create` made; or nothing of that either (`remove`).
   */
  readonly leaves: 'nothing' | 'record' | 'remove';
  /** The text of `launch.json`. */
  readonly launchFile: string;
}

export interface TerminalSpec {
  readonly columns: number;
  readonly rows: number;
  /** Whether its output goes to the log from the start, or only after `orders.detach`. */
  readonly logged: boolean;
}

export interface LogSpec {
  /** Absolute, existing: the container's data directory. */
  readonly directory: string;
  /** Half of it is in `log`, the older half in `log.1`. */
  readonly maxBytes: number;
  /** Kill the container when it has written more. */
  readonly outputLimitBytes: number | undefined;
}

/** Mount, PID and IPC namespaces are always new. */
export interface NamespaceSpec {
  readonly uts: boolean;
  readonly net: boolean;
  /** The supervisor was given a descriptor of a network namespace (`inherited.network`), and the container joins it. */
  readonly joinNetwork: boolean;
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
  /**
   * Who writes the maps: the supervisor, or newuidmap(1) and newgidmap(1), which Node.js runs. `joined`: nobody, as it is
   * the user namespace of the container whose network is joined.
   */
  readonly mapper: 'supervisor' | 'newuidmap' | 'joined';
  /**
   * Files of the root file system and of bind mounts keep their owners inside, and what is made gets its owner's
   * number on the disk: id-mapped mounts, mount_setattr(2). Only root can have these.
   */
  readonly shiftMounts: boolean;
}

export interface RootfsSpec {
  /** Absolute. More than one only with an overlay: the topmost first. */
  readonly layers: readonly [string, ...string[]];
  /** As `RootfsOptions.mode` says. */
  readonly mode: 'rw' | 'ro' | 'overlay' | 'overlay-ro';
  /** The directory with `upper` and `work` of an overlay; undefined: in memory. */
  readonly upper: string | undefined;
  readonly enter: 'pivot_root' | 'chroot';
}

export type MountSpec = BindMountSpec | TmpfsMountSpec;

export interface BindMountSpec {
  readonly type: 'bind';
  /** Absolute path on the host. */
  readonly source: string;
  /** The name of the volume that the source is: it is made before the launch (`prepareStorage`). */
  readonly volume: string | undefined;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** What the source was when the spec was made: its mount point is made alike. */
  readonly sourceType: 'directory' | 'file';
  readonly recursive: boolean;
  readonly propagation: 'private' | 'slave' | 'shared';
}

export interface TmpfsMountSpec {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly readOnly: boolean;
  readonly sizeBytes: number | undefined;
  readonly mode: number;
}

export interface DeviceSpec {
  /** Absolute path on the host, without links. */
  readonly source: string;
  /** Absolute path in the container, in /dev. */
  readonly target: string;
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  /** As on the host. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of `r`, `w`, `m`: what the cgroup allows. */
  readonly access: string;
}

/** What seccomp(2) takes, for one architecture. */
export interface SeccompFilter {
  readonly arch: Architecture;
  /** struct sock_filter[] */
  readonly instructions: Uint8Array;
  readonly flags: readonly SeccompFlag[];
}

export interface SeccompListener {
  /** A Unix socket on the host: absolute, and not longer than 107 bytes. */
  readonly path: string;
  readonly metadata: string | undefined;
  /** OCI's state of the container, but for the pid. */
  readonly state: Readonly<Record<string, unknown>>;
}

export interface RlimitSpec {
  /** `nofile` */
  readonly name: string;
  /** RLIMIT_*: sys/resource.h */
  readonly resource: number;
  readonly soft: number | 'max';
  readonly hard: number | 'max';
}

export interface SysctlSpec {
  /** `net.ipv4.ip_forward` */
  readonly name: string;
  readonly value: string;
}

export interface ProcessSpec {
  /** At least one. A name without a slash is looked up in `env.PATH` inside the container. */
  readonly argv: readonly string[];
  /** What is executed, where that is not the first of `argv`. Absolute. */
  readonly executable?: string | undefined;
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
  /** Where the sets are to differ: an OCI bundle names each. `capabilities` is then the bounding set. */
  readonly capabilitySets?: CapabilitySets;
  /** False leaves setuid programs their effect; the seccomp filter then comes before the change of user. */
  readonly noNewPrivileges?: boolean;
  /** False leaves it the session keyring of the caller. */
  readonly newKeyring?: boolean;
  /** False for a process that nobody supervises: its parent ends on purpose. */
  readonly supervised?: boolean;
  readonly rlimits: readonly RlimitSpec[];
  /** struct sched_attr: sched_setattr(2). Undefined leaves it as the caller’s, here and below. */
  readonly scheduler?: Uint8Array | undefined;
  /** ioprio_set(2) */
  readonly ioPriority?: number | undefined;
  /** proc(5): undefined leaves it as the caller’s. */
  readonly oomScoreAdj: number | undefined;
  /** As it was asked for: whoever joins gets the same. */
  readonly seccompProfile: SeccompChoice;
  /** That profile for this machine and these capabilities; undefined: unconfined. */
  readonly seccomp: SeccompFilter | undefined;
  readonly landlock?: LandlockRuleset | undefined;
  /** As OCI names them; undefined: as the caller's. */
  readonly apparmorProfile?: string | undefined;
  readonly selinuxLabel?: string | undefined;
  /** Needed where the filter has SCMP_ACT_NOTIFY, and only then. */
  readonly seccompListener?: SeccompListener | undefined;
  readonly maskedPaths: readonly MaskedPath[];
  readonly readonlyPaths: readonly PseudoPath[];
}

/** capabilities(7) */
export interface CapabilitySets {
  readonly effective: readonly number[];
  readonly permitted: readonly number[];
  readonly inheritable: readonly number[];
  readonly ambient: readonly number[];
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

/** A command for a container that runs. */
export interface ExecSpec extends CommandSpec {
  /** The container's, for whoever looks at processes. */
  readonly id: string;
  /** Named as for setns(2), without the PID namespace and the user namespace, which are joined on their own. */
  readonly join: readonly ('mount' | 'uts' | 'ipc' | 'net' | 'cgroup' | 'time')[];
  readonly cgroup: ExecCgroupSpec | undefined;
}

export interface ExecCgroupSpec {
  /** v1: files to write `0` to. */
  readonly tasks: readonly string[];
  /**
   * A cgroup below the container's, for the command and all that it starts: v2, or v1's freezer. Without one, only
   * its process group can be killed.
   */
  readonly tree: { readonly version: 1 | 2; readonly directory: string; readonly parent: string } | undefined;
}
