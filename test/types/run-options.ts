import type { Readable, Writable } from 'node:stream';
import type {
  BindMount,
  CapabilityName,
  Device,
  IoLimit,
  LandlockOptions,
  Limits,
  Mount,
  NamespaceOptions,
  Rlimit,
  RlimitName,
  RootfsOptions,
  RunOptions,
  SeccompChoice,
  TerminalSize,
  TmpfsMount,
  VolumeMount,
} from '@tc/core';
import { run } from '@tc/core';
import type { Equal, Expect } from './equal.ts';

export type Options = Expect<
  Equal<
    RunOptions,
    {
      rootfs: string | RootfsOptions;
      name?: string;
      hostname?: string;
      env?: Readonly<Record<string, string | undefined>>;
      cwd?: string;
      user?: string | number;
      groups?: readonly (string | number)[];
      umask?: number;
      limits?: Limits;
      onUnsupported?: 'error' | 'warn';
      cgroups?: 'enabled' | 'disabled';
      cgroupParent?: string;
      mounts?: readonly (string | Mount)[];
      devices?: readonly (string | Device)[];
      network?: 'none' | 'host' | `container:${string}`;
      namespaces?: NamespaceOptions;
      capabilities?: readonly CapabilityName[];
      rlimits?: Readonly<Partial<Record<RlimitName, Rlimit>>>;
      oomScoreAdj?: number;
      sysctls?: Readonly<Record<string, string>>;
      seccomp?: SeccompChoice;
      landlock?: LandlockOptions;
      apparmor?: string;
      selinux?: string;
      timeout?: number | string;
      cpuTime?: number | string;
      tty?: boolean | TerminalSize;
      init?: boolean;
      signal?: AbortSignal;
      stdin?: 'pipe' | 'inherit' | 'ignore' | number | Readable;
      input?: string | Uint8Array;
      stdout?: 'pipe' | 'inherit' | 'ignore' | number | Writable;
      stderr?: 'pipe' | 'inherit' | 'ignore' | number | Writable;
      encoding?: 'utf8' | 'buffer';
      maxOutput?: number | string;
      reject?: boolean;
    }
  >
>;

export type Rootfs = Expect<
  Equal<
    RootfsOptions,
    {
      path: string | readonly string[];
      mode?: 'rw' | 'ro' | 'overlay' | 'overlay-ro';
      upper?: 'memory' | 'disk' | { path: string };
      enter?: 'pivot_root' | 'chroot';
    }
  >
>;

export type Mounts = Expect<Equal<Mount, BindMount | VolumeMount | TmpfsMount>>;
export type Bind = Expect<
  Equal<
    BindMount,
    {
      target: string;
      readOnly?: boolean;
      type?: 'bind';
      source: string;
      recursive?: boolean;
      propagation?: 'private' | 'slave' | 'shared';
    }
  >
>;
export type Volumes = Expect<
  Equal<VolumeMount, { target: string; readOnly?: boolean; type: 'volume'; source: string }>
>;
export type Tmpfs = Expect<
  Equal<
    TmpfsMount,
    { target: string; readOnly?: boolean; type: 'tmpfs'; size?: number | string; mode?: number }
  >
>;

export type Namespaces = Expect<
  Equal<
    NamespaceOptions,
    {
      user?: boolean | 'self' | { uidMap: string; gidMap: string };
      time?: { monotonicSeconds?: number; boottimeSeconds?: number };
      uts?: 'private' | 'host';
    }
  >
>;

export type AllLimits = Expect<
  Equal<
    Limits,
    {
      memory?: number | string | undefined;
      memoryHigh?: number | string | undefined;
      memoryLow?: number | string | undefined;
      memorySwap?: number | string | 'max' | undefined;
      pids?: number | 'max' | undefined;
      cpus?: number | undefined;
      cpuWeight?: number | undefined;
      cpuset?: string | undefined;
      io?: readonly IoLimit[] | undefined;
    }
  >
>;
export type Io = Expect<
  Equal<
    IoLimit,
    {
      device: string;
      readBps?: number | string | undefined;
      writeBps?: number | string | undefined;
      readIops?: number | undefined;
      writeIops?: number | undefined;
    }
  >
>;
export type Size = Expect<Equal<TerminalSize, { columns: number; rows: number }>>;

/** The kinds of mount tell each other apart: what one has, another refuses. */
export const mounts = [
  '/srv:/srv:ro',
  { source: '/srv', target: '/srv', propagation: 'slave' },
  { type: 'volume', source: 'data', target: '/data' },
  { type: 'tmpfs', target: '/tmp', size: '16m', mode: 0o700 },
  // @ts-expect-error: a tmpfs has no source
  { type: 'tmpfs', target: '/tmp', source: '/tmp' },
  // @ts-expect-error: a volume has no propagation
  { type: 'volume', source: 'data', target: '/data', propagation: 'shared' },
  // @ts-expect-error: there is no such kind
  { type: 'nfs', source: '/srv', target: '/srv' },
] as const satisfies RunOptions['mounts'];

const rootfs = '/srv/root';
run(['true'], { rootfs, network: 'container:web' });
// @ts-expect-error: not a network
run(['true'], { rootfs, network: 'bridge' });
// @ts-expect-error: a command is a list
run('true', { rootfs });
// @ts-expect-error: there is no container without a root file system
run(['true'], {});
// @ts-expect-error: undefined is not "left out"
run(['true'], { rootfs, timeout: undefined });
// @ts-expect-error: not a capability
run(['true'], { rootfs, capabilities: ['CAP_EVERYTHING'] });
// @ts-expect-error: a misspelt option
run(['true'], { rootfs, timeOut: '5s' });
run(['true'] as const, { rootfs: { path: ['/upper', '/lower'] as const, mode: 'overlay' } } as const);
