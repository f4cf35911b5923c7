import type { CgroupHost } from '@tc/linux';

/** `degraded`: containers run, but not all of what they can have. `missing`: they don't run. */
export type HostCheckStatus = 'ok' | 'degraded' | 'missing';

/** What one needs of the machine, and whether it is there. */
export interface HostCheck {
  /** Stable: `kernel`, `cgroups`, `seccomp`. */
  readonly name: string;
  readonly status: HostCheckStatus;
  /** What was found, for people. */
  readonly found: string;
  /** What mends it: a command where there is one. */
  readonly hint: string | undefined;
}

/** What the checks ask about the machine. Tests answer from a table. */
export interface HostFacts {
  readonly uid: number;
  readonly gid: number;
  /** As process.arch has it. */
  readonly arch: string;
  /** uname(2): `6.18.0-1-amd64` */
  readonly release: string;
  readonly cgroups: CgroupHost;
  /** The text of a file; undefined where there is none, or it can't be read. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Landlock's version; 0 without it. */
  landlockAbi(): number;
  /** newuidmap(1) and newgidmap(1), where a start finds them; undefined where one is missing. */
  helpers(): unknown;
  /** The v2 controllers of which this ordinary user can have limits; undefined without a delegated cgroup. */
  delegated(): readonly string[] | undefined;
}

export const ok = (name: string, found: string): HostCheck => ({
  name,
  status: 'ok',
  found,
  hint: undefined,
});

export const degraded = (name: string, found: string, hint: string): HostCheck => ({
  name,
  status: 'degraded',
  found,
  hint,
});

export const missing = (name: string, found: string, hint: string): HostCheck => ({
  name,
  status: 'missing',
  found,
  hint,
});
