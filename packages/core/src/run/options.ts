import type { Readable, Writable } from 'node:stream';
import type { CapabilityName } from '@tc/linux';
import type { Limits } from '../cgroups/limits.ts';
import type { LandlockOptions } from '../security/landlock/resolve-landlock.ts';
import type { SeccompChoice } from '../security/seccomp/profile.ts';

/** The root file system of a container. */
export interface RootfsOptions {
  /** A directory on the host; it becomes `/`. With an overlay it may be several, the topmost layer first. */
  path: string | readonly string[];
  /**
   * - `rw` (default): the container writes to the directory itself. Missing mount points are made there.
   * - `ro`: nobody writes, also not where other file systems are mounted below it. Mount points must be there.
   * - `overlay`: what the container writes is kept in memory, counts against its memory limit, and vanishes with it.
   * - `overlay-ro`: only the mount points are made in memory; the container itself can't write.
   */
  mode?: 'rw' | 'ro' | 'overlay' | 'overlay-ro';
  /**
   * Where an overlay keeps what the container writes. `memory` (default): as said above. `disk`: in the data
   * directory, from start to start, until the container is removed; `run()` has no such container. A path: in the
   * directories `upper` and `work` of this directory of the host, which stay.
   */
  upper?: 'memory' | 'disk' | { path: string };
  /**
   * `pivot_root` (default) leaves no way to name the old root. `chroot` is for hosts that run from an initramfs,
   * where pivot_root(2) cannot work; CAP_SYS_CHROOT is dropped then, as it is the classic way out of a chroot.
   */
  enter?: 'pivot_root' | 'chroot';
}

export type Mount = BindMount | VolumeMount | TmpfsMount;

interface MountTarget {
  /** Absolute path in the container; it is made where it is missing. */
  target: string;
  readOnly?: boolean;
}

export interface BindMount extends MountTarget {
  type?: 'bind';
  /** A directory or file on the host. */
  source: string;
  /** Whether what is mounted below the source comes along. Default `true`. */
  recursive?: boolean;
  /** Default `private`. `slave`: what the host mounts there later shows up inside; `shared`: and the other way round. */
  propagation?: 'private' | 'slave' | 'shared';
}

export interface VolumeMount extends MountTarget {
  type: 'volume';
  /** A name; the directory is made at its first use and stays. */
  source: string;
}

export interface TmpfsMount extends MountTarget {
  type: 'tmpfs';
  /** Default: half of the machine's memory, as tmpfs(5) says; it counts against the memory limit. */
  size?: number | string;
  /** Default 0o1777. */
  mode?: number;
}

export interface Device {
  /** A device file of the host. */
  source: string;
  /** Absolute path in the container, in /dev. Default: as on the host. */
  target?: string;
  /** Of `r` (read), `w` (write) and `m` (make such a node). Default `rwm`. */
  access?: string;
}

export interface NamespaceOptions {
  /**
   * A user namespace. `true`: root inside is an ordinary user outside; for root that is the first of the ids that
   * /etc/subuid gives it, for others themselves, with the rest of their ids from /etc/subuid where newuidmap(1) is
   * installed. `self`: root inside is the caller outside, and no other id is mapped. Or the texts of uid_map and
   * gid_map.
   */
  user?: boolean | 'self' | { uidMap: string; gidMap: string };
  /** A time namespace with its clocks moved by so many seconds: time_namespaces(7). */
  time?: { monotonicSeconds?: number; boottimeSeconds?: number };
  /** `host` shares the caller's host name. */
  uts?: 'private' | 'host';
}

/** The size of a terminal, in characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

export type RlimitName =
  | 'cpu'
  | 'fsize'
  | 'data'
  | 'stack'
  | 'core'
  | 'rss'
  | 'nproc'
  | 'nofile'
  | 'memlock'
  | 'as'
  | 'locks'
  | 'sigpending'
  | 'msgqueue'
  | 'nice'
  | 'rtprio'
  | 'rttime';
export type Rlimit = number | 'max' | { soft: number | 'max'; hard: number | 'max' };

/** A standard stream of the container, as `child_process.spawn` takes it; a number is a file descriptor. */
export type Stream<Direction> = 'pipe' | 'inherit' | 'ignore' | number | Direction;

export interface RunOptions {
  rootfs: string | RootfsOptions;
  /** Names the container; by default 12 random hexadecimal digits. */
  name?: string;
  /** Default: the name. */
  hostname?: string;
  /** The container gets these, PATH, HOME and HOSTNAME, and nothing of the caller's. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default `/`. Made where it is missing. */
  cwd?: string;
  /**
   * `user`, `user:group`, by name or number, as /etc/passwd and /etc/group of the root file system have them. Without a
   * group it is in those of its account. Default: root, and in no other group.
   */
  user?: string | number;
  /** Additional groups, by name or number. */
  groups?: readonly (string | number)[];
  /** Default 0o022. */
  umask?: number;
  limits?: Limits;
  /** What to do about a limit that this host can't enforce. Default `error`. */
  onUnsupported?: 'error' | 'warn';
  /** `disabled`: no cgroup is made; then there are no limits, and the figures come from getrusage(2). */
  cgroups?: 'enabled' | 'disabled';
  /** An existing cgroup to put the container's own into, relative to the root of each hierarchy. */
  cgroupParent?: string;
  /** `source:target[:ro]`, where a source without a slash is a volume, or objects. */
  mounts?: readonly (string | Mount)[];
  /** Devices of the host: `source[:target][:rwm]`, or objects. */
  devices?: readonly (string | Device)[];
  /** `none` (default): only lo. `host`: the caller's network. Or that of another container that runs. */
  network?: 'none' | 'host' | `container:${string}`;
  namespaces?: NamespaceOptions;
  /** What root inside may do. Default: `defaultCapabilities`. */
  capabilities?: readonly CapabilityName[];
  /** Limits of each process, in the units of getrlimit(2): one number, or a soft limit and the hard one above it. */
  rlimits?: Readonly<Partial<Record<RlimitName, Rlimit>>>;
  /** Whom the OOM killer of the host prefers: -1000, never, to 1000, first. Default: as this process. */
  oomScoreAdj?: number;
  /** Kernel settings of the container's own namespaces: `{ 'net.ipv4.ip_unprivileged_port_start': '0' }`. */
  sysctls?: Readonly<Record<string, string>>;
  /**
   * Which system calls it may make: `default`, what ordinary programs need; `unconfined`, all that the kernel allows; or
   * a profile in the form of OCI's `linux.seccomp` or of Docker. The first rule that applies to a call decides.
   */
  seccomp?: SeccompChoice;
  /** Files and ports that the container may use, and no others: landlock(7). */
  landlock?: LandlockOptions;
  /** The AppArmor profile, loaded on the host, that the command runs under. `unconfined`: as the caller. */
  apparmor?: string;
  /** The SELinux label that the command runs under. `disable`: as the policy has it. */
  selinux?: string;
  /** The container is killed this long after its start: milliseconds, or `5s`. */
  timeout?: number | string;
  /** The container is killed when all its processes together have used this much CPU time: milliseconds, or `2s`. */
  cpuTime?: number | string;
  /**
   * A terminal of its own, with this size to begin with (`true`: 80 x 24). All three standard streams are it then;
   * what it shows comes as stdout.
   */
  tty?: boolean | TerminalSize;
  /** A first process that reaps orphans and passes signals on, with the command as its child. */
  init?: boolean;
  /** Aborting it kills the container. */
  signal?: AbortSignal;
  /** Default `ignore`, or `pipe` with `input`. */
  stdin?: Stream<Readable>;
  /** Written to stdin, which is then closed; with `tty` it is typed, and nothing is closed. */
  input?: string | Uint8Array;
  /** Default `pipe`. */
  stdout?: Stream<Writable>;
  stderr?: Stream<Writable>;
  /** How stdout and stderr come back. Default `utf8`. */
  encoding?: 'utf8' | 'buffer';
  /** The container is killed when stdout or stderr exceeds it. Default `64m`. */
  maxOutput?: number | string;
  /** `true`: anything but exit code 0 rejects with a RunError. */
  reject?: boolean;
}
