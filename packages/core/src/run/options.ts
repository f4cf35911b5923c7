import type { Readable, Writable } from 'node:stream';
import type { CapabilityName } from '@tc/linux';
import type { Limits } from '../cgroups/limits.ts';

/** The root file system of a container. */
export interface RootfsOptions {
  /** A directory on the host; it becomes `/`. */
  path: string;
  /**
   * - `rw` (default): the container writes to the directory itself. Missing mount points are made there.
   * - `ro`: nobody writes, also not where other file systems are mounted below it. Mount points must be there.
   * - `overlay`: what the container writes is kept in memory, counts against its memory limit, and vanishes with it.
   * - `overlay-ro`: only the mount points are made in memory; the container itself can't write.
   */
  mode?: 'rw' | 'ro' | 'overlay' | 'overlay-ro';
  /**
   * `pivot_root` (default) leaves no way to name the old root. `chroot` is for hosts that run from an initramfs,
   * where pivot_root(2) cannot work; CAP_SYS_CHROOT is dropped then, as it is the classic way out of a chroot.
   */
  enter?: 'pivot_root' | 'chroot';
}

export interface Mount {
  /** A directory or file on the host. */
  source: string;
  /** Absolute path in the container; it is made where it is missing. */
  target: string;
  readOnly?: boolean;
}

export interface NamespaceOptions {
  /** A user namespace. `true`: root inside is the caller outside; or the texts of uid_map and gid_map. */
  user?: boolean | { uidMap: string; gidMap: string };
  /** A time namespace with its clocks moved by so many seconds: time_namespaces(7). */
  time?: { monotonicSeconds?: number; boottimeSeconds?: number };
  /** `host` shares the caller's host name. */
  uts?: 'private' | 'host';
}

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
  /** `uid`, `uid:gid`. Default `0:0`. */
  user?: string | number;
  /** Default 0o022. */
  umask?: number;
  limits?: Limits;
  /** What to do about a limit that this host can't enforce. Default `error`. */
  onUnsupported?: 'error' | 'warn';
  /** `disabled`: no cgroup is made; then there are no limits, and the figures come from getrusage(2). */
  cgroups?: 'enabled' | 'disabled';
  /** An existing cgroup to put the container's own into, relative to the root of each hierarchy. */
  cgroupParent?: string;
  /** `source:target[:ro]` or objects. */
  mounts?: readonly (string | Mount)[];
  /** `none` (default): only lo. `host`: the caller's network. */
  network?: 'none' | 'host';
  namespaces?: NamespaceOptions;
  /** What root inside may do. Default: `defaultCapabilities`. */
  capabilities?: readonly CapabilityName[];
  /** The container is killed this long after its start: milliseconds, or `5s`. */
  timeout?: number | string;
  /** Aborting it kills the container. */
  signal?: AbortSignal;
  /** Default `ignore`, or `pipe` with `input`. */
  stdin?: Stream<Readable>;
  /** Written to stdin, which is then closed. */
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
