/** What is known of an OCI container between calls: state.json in its directory, and what /proc says of its process. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptional, TcError } from '@tc/linux';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { startFifo } from '../launch/bundle-spec.ts';
import type { OciCgroups } from './cgroups.ts';
import type { OciHook } from './config/hooks.ts';

export type OciStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** state.json. */
export interface OciState {
  readonly version: 1;
  readonly ociVersion: string;
  readonly id: string;
  readonly bundle: string;
  readonly rootfs: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly created: string;
  /** The container's first process; `startTime` tells it from another one with its number: proc_pid_stat(5). */
  readonly pid: number;
  readonly startTime: string;
  readonly cgroups: OciCgroups;
  /** The unit of systemd's that they are. */
  readonly scope?: SystemdScope | undefined;
  /** The directories above them that were made with them. */
  readonly madeAbove: readonly string[];
  /** Of config.json as it was: `exec` without a process, and what joins. */
  readonly config: unknown;
  readonly hooks: Readonly<Record<'startContainer' | 'poststart' | 'poststop', readonly OciHook[]>>;
  /** What the steps of the start are, for whoever reads of a failure from the FIFO. */
  readonly steps: readonly StartStep[];
}

export interface SystemdScope {
  /** `libpod-1.scope` */
  readonly unit: string;
  /** Whether it is one of a user's manager, and not of the machine's. */
  readonly user: boolean;
}

export interface StartStep {
  readonly step: number;
  readonly what: string;
}

/** `runc list`'s rule: letters, digits and `+ - . _`. @throws TcError INVALID_ID */
export function checkId(id: string): string {
  if (/^[\w+-][\w+.-]*$/.test(id) && id.length <= 255) return id;
  throw new TcError(`${JSON.stringify(id)} is no id of a container`, {
    code: 'INVALID_ID',
    operation: 'find the container',
    hint: 'An id has letters, digits, and any of _ + - . in it.',
  });
}

/**
 * Where states are kept by default: /run/tc-runtime, or for an ordinary user $XDG_RUNTIME_DIR/tc-runtime.
 * @throws TcError RUNTIME_DIRECTORY where it is another user's
 */
export function defaultOciRoot(env = process.env, uid = process.geteuid?.() ?? 0): string {
  if (uid === 0) return '/run/tc-runtime';
  const xdg = env['XDG_RUNTIME_DIR'];
  if (xdg) return join(xdg, 'tc-runtime');
  const path = join(tmpdir(), `tc-runtime-${uid}`);
  // Whoever was first there could say which processes are a container's.
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isDirectory() && stats.uid === uid)) return path;
  throw new TcError(`it belongs to uid ${stats.uid}`, {
    code: 'RUNTIME_DIRECTORY',
    operation: 'find the states of containers',
    path,
    hint: 'Set XDG_RUNTIME_DIR, or give --root, a directory of your own.',
  });
}

export class OciStore {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  directoryOf(id: string): string {
    return join(this.root, checkId(id));
  }

  /** @throws TcError CONTAINER_EXISTS */
  reserve(id: string): string {
    const directory = this.directoryOf(id);
    mkdirSync(this.root, { recursive: true, mode: 0o711 });
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new TcError(`container with id exists: ${id}`, {
        code: 'CONTAINER_EXISTS',
        operation: 'make the container',
        hint: 'Choose another id, or delete that container first.',
      });
    }
    return directory;
  }

  write(state: OciState): void {
    const path = join(this.directoryOf(state.id), 'state.json');
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  find(id: string): OciState | undefined {
    const text = readOptional(join(this.directoryOf(id), 'state.json'));
    return text === undefined ? undefined : (JSON.parse(text) as OciState);
  }

  /** @throws TcError CONTAINER_NOT_FOUND */
  get(id: string): OciState {
    const state = this.find(id);
    if (state !== undefined) return state;
    throw new TcError(`container does not exist: ${id}`, {
      code: 'CONTAINER_NOT_FOUND',
      operation: 'find the container',
      hint: 'tc-runtime list shows those that there are, with the same --root.',
    });
  }

  ids(): string[] {
    if (!existsSync(this.root)) return [];
    return readdirSync(this.root).filter((name) => existsSync(join(this.root, name, 'state.json')));
  }

  remove(id: string): void {
    rmSync(this.directoryOf(id), { recursive: true, force: true });
  }

  statusOf(state: OciState): OciStatus {
    if (!isAlive(state)) return 'stopped';
    if (existsSync(join(this.directoryOf(state.id), startFifo))) return 'created';
    return isContainerCgroupFrozen(state.cgroups.directories) ? 'paused' : 'running';
  }
}

/** Field 22 of /proc/PID/stat; undefined where the process is gone, or only waits to be reaped. */
export function startTimeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

export function isAlive({ pid, startTime }: Pick<OciState, 'pid' | 'startTime'>): boolean {
  return startTimeOf(pid) === startTime;
}
