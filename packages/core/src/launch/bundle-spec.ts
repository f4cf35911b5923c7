/** What an OCI bundle asks for, in the words of the launch program: everything resolved, nothing optional. */
import type { cloneFlags } from '@tc/linux';
import type { CgroupPlan } from '../cgroups/plan.ts';
import type { MountAttribute } from './phases/mount-calls.ts';
import type { CommandSpec, SysctlSpec, UserNamespaceSpec } from './spec.ts';

export type NamespaceType = 'user' | 'ipc' | 'uts' | 'network' | 'pid' | 'mount' | 'cgroup' | 'time';

/** setns(2), clone(2) */
export const namespaceFlags = {
  user: 'CLONE_NEWUSER',
  ipc: 'CLONE_NEWIPC',
  uts: 'CLONE_NEWUTS',
  network: 'CLONE_NEWNET',
  pid: 'CLONE_NEWPID',
  mount: 'CLONE_NEWNS',
  cgroup: 'CLONE_NEWCGROUP',
  time: 'CLONE_NEWTIME',
} as const satisfies Record<NamespaceType, keyof typeof cloneFlags>;

export interface BundleSpec extends CommandSpec {
  readonly id: string;
  /** Absolute, existing: where the FIFOs are made. */
  readonly stateDirectory: string;
  readonly namespaces: BundleNamespaces;
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly root: BundleRoot;
  readonly mounts: readonly BundleMount[];
  /** User namespaces for id-mapped mounts, in the order in which the launch is given them, after `preserveFds`. */
  readonly idMaps: readonly IdMap[];
  /** Device files; empty where /dev is the host's. */
  readonly devices: readonly DeviceSpec[];
  /** The links in /dev that programs expect. */
  readonly deviceLinks: boolean;
  readonly sysctls: readonly SysctlSpec[];
  /** Its directories are there already, or when the launcher is `adopted`. */
  readonly cgroup: CgroupPlan | undefined;
  /** Whether the launcher waits until somebody has made the cgroup for it: a scope of systemd's. */
  readonly adopted: boolean;
  /** Absolute paths inside. */
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  /** A terminal, whose master goes to who listens on a socket, or to who calls. */
  readonly console: ConsoleSpec | undefined;
  /** So many descriptors from 3 on are the command's: the launch is given them. */
  readonly preserveFds: number;
  /** Which of the standard streams become the user's own, so that it can open /dev/stdout. */
  readonly ownStreams: readonly number[];
  /** Whether Node.js has something to do when the mounts are there, before the root changes: hooks. */
  readonly hooked: boolean;
  /** personality(2) */
  readonly personality: number | undefined;
}

export interface ConsoleSpec {
  /** Undefined: the caller takes it from the launcher, `takeTerminal`. */
  readonly socket: string | undefined;
  readonly columns: number;
  readonly rows: number;
}

export interface BundleNamespaces {
  readonly made: readonly NamespaceType[];
  /** In the order in which they are joined. */
  readonly joined: readonly { readonly type: NamespaceType; readonly path: string }[];
  /** With `mapper: 'joined'` that of a path. */
  readonly user: UserNamespaceSpec | undefined;
  /** Whether one is made, after the cgroups are joined. */
  readonly cgroup: boolean;
  /** The text of timens_offsets, for a new time namespace. */
  readonly timeOffsets: string | undefined;
}

/** Of a namespace that is there, or the texts of uid_map and gid_map. */
export type IdMap = { readonly path: string } | { readonly uidMap: string; readonly gidMap: string };

export interface BundleRoot {
  /** Absolute, on the host. */
  readonly path: string;
  readonly readOnly: boolean;
  readonly propagation: Propagation | undefined;
  readonly enter: 'pivot_root' | 'chroot';
}

export type PropagationFlag = 'MS_SHARED' | 'MS_SLAVE' | 'MS_PRIVATE' | 'MS_UNBINDABLE';
export interface Propagation {
  readonly flag: PropagationFlag;
  readonly recursive: boolean;
}

/** Attributes of a mount: those to set, those to clear, and whether that goes for what is mounted below. */
export interface AttributeChange {
  readonly set: readonly MountAttribute[];
  readonly clear: readonly MountAttribute[];
  readonly recursive: boolean;
}

interface AnyBundleMount {
  /** Absolute, inside. */
  readonly target: string;
  readonly changes: readonly AttributeChange[];
  readonly propagation: Propagation | undefined;
}

export type BundleMount =
  | (AnyBundleMount & {
      readonly kind: 'bind';
      readonly source: string;
      readonly sourceType: 'directory' | 'file';
      readonly recursive: boolean;
      /** Which of `idMaps` tells whose its files are. */
      readonly idMap: { readonly index: number; readonly recursive: boolean } | undefined;
    })
  | (AnyBundleMount & {
      readonly kind: 'new';
      readonly type: string;
      readonly source: string;
      /** For fsconfig(2); an empty value is a flag. */
      readonly options: readonly (readonly [key: string, value: string])[];
    })
  /** The container's own cgroups. */
  | (AnyBundleMount & { readonly kind: 'cgroup' });

export interface DeviceSpec {
  /** Absolute, inside. */
  readonly path: string;
  readonly type: 'c' | 'b' | 'p';
  readonly major: number;
  readonly minor: number;
  /** Permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The names of the FIFOs in the state directory: to be read from, and to be told of a failure. */
export const startFifo = 'start';
export const resultFifo = 'result';
