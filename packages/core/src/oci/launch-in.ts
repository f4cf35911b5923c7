/** Starts a process in an OCI container: for `exec`, and for hooks that run in its namespaces. */
import { closeSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pidfdOpen, readOptional, TcError } from '@tc/linux';
import type { ConsoleSpec } from '../launch/bundle-spec.ts';
import { type BundleExecSpec, compileBundleExec } from '../launch/compile-bundle-exec.ts';
import type { ExecSpec, ProcessSpec, TerminalSpec } from '../launch/spec.ts';
import { launch, whenLauncherEnds } from '../launch/supervisor.ts';
import type { OciCgroups } from './cgroups.ts';

/** Whose first process `pid` is, as far as `isIt` can tell. */
export interface ExecTarget {
  readonly id: string;
  readonly pid: number;
  readonly cgroups: OciCgroups | undefined;
  isIt(): boolean;
}

export interface LaunchIn {
  readonly stdio: readonly [number, number, number];
  readonly console: ConsoleSpec | undefined;
  /** Where the caller takes the terminal. */
  readonly terminal: TerminalSpec | undefined;
  readonly preserveFds: number;
  readonly ownStreams: readonly number[];
  readonly affinity?: BundleExecSpec['affinity'];
}

/** A process that is nobody's child but of whoever waits for orphans. */
export interface Started {
  readonly pid: number;
  /** The terminal's master, where the caller was to take it: the caller's to close. */
  readonly terminal: number | undefined;
}

/** @throws TcError CONTAINER_NOT_RUNNING, COMMAND_NOT_FOUND, ... */
export async function launchIn(
  { id, pid, cgroups, isIt }: ExecTarget,
  process: ProcessSpec,
  { stdio, preserveFds, ...rest }: LaunchIn,
): Promise<Started> {
  const { user, join: namespaces } = namespacesOf(pid);
  const spec: BundleExecSpec = {
    ...rest,
    id,
    namespaces: { user: user ? { ...joinedUser, denySetgroups: deniesSetgroups(pid) } : undefined },
    process,
    timeoutMs: undefined,
    join: namespaces,
    tasks: [...new Set(Object.values(cgroups?.v1 ?? {}))].map((directory) => join(directory, 'tasks')),
    into: cgroups?.v2,
    preserveFds,
  };
  const pidfd = pidfdOpen(pid);
  try {
    if (pidfd === undefined || !isIt())
      throw new TcError('container not running', {
        code: 'CONTAINER_NOT_RUNNING',
        operation: 'run a process in the container',
      });
    const launcher = launch(compileBundleExec(spec), {
      id,
      stdio,
      figureNames: [],
      given: [pidfd, ...Array.from({ length: preserveFds }, (_, index) => 3 + index)],
      takeTerminal: rest.terminal !== undefined,
    });
    const started = await launcher.started;
    const terminal = rest.terminal === undefined ? undefined : await launcher.terminal;
    await whenLauncherEnds(launcher);
    return { pid: started, terminal };
  } finally {
    if (pidfd !== undefined) closeSync(pidfd);
  }
}

const joinedUser = { uidMap: '', gidMap: '', mapper: 'joined', shiftMounts: false } as const;

/** As an ordinary user’s namespace may have to: user_namespaces(7). */
function deniesSetgroups(pid: number): boolean {
  return readOptional(`/proc/${pid}/setgroups`)?.trim() === 'deny';
}

const files = { mount: 'mnt', uts: 'uts', ipc: 'ipc', net: 'net', cgroup: 'cgroup', time: 'time' } as const;

/** Those in which it differs from this process. */
function namespacesOf(pid: number): { user: boolean; join: ExecSpec['join'] } {
  const link = (of: string, file: string) => {
    try {
      return readlinkSync(`/proc/${of}/ns/${file}`);
    } catch {
      return undefined; // of a kind that this kernel lacks
    }
  };
  const differs = (file: string) => link('self', file) !== link(String(pid), file);
  const names = Object.keys(files) as (keyof typeof files)[];
  return { user: differs('user'), join: names.filter((name) => differs(files[name])) };
}
