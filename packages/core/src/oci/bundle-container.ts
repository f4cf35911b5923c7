/** An OCI bundle's container as an object, for scripts: the same engine as tc-runtime's, without a process for each call. */
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { keepOrphans } from '@tc/linux';
import { decodeStatus } from '../launch/ending.ts';
import type { RunOptions } from '../run/options.ts';
import { Collector, openStreams } from '../run/streams.ts';
import type { OciProcess } from './config/process.ts';
import { defaultOciRoot, type OciStatus, OciStore } from './container-state.ts';
import { createOci } from './create.ts';
import { execOci } from './exec.ts';
import { stateForHooks } from './hooks.ts';
import { deleteOci, killOci, pauseOci, pidsOf, signalNumber } from './signal.ts';
import { startOci } from './start.ts';
import { updateOci } from './update.ts';
import { whenChildEnds } from './wait-for-child.ts';

export interface BundleOptions extends Pick<RunOptions, 'stdin' | 'stdout' | 'stderr'> {
  /** By which `tc-runtime` knows it, too. By default a new one. */
  id?: string | undefined;
  /** Where the states of containers are kept: `tc-runtime --root`, and its default. */
  root?: string | undefined;
  /** Told of a poststop hook that fails: it is removed all the same. By default it becomes a process warning. */
  onWarning?: ((message: string) => void) | undefined;
}

export interface BundleExecOptions {
  /** As in the bundle's `process` where it is left out. */
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
  user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What it reads from stdin; by default nothing. */
  input?: string | Uint8Array | undefined;
}

/** How a process of a bundle ended: one of the two is undefined. */
export interface BundleExit {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface BundleExecResult extends BundleExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** As the runtime specification has it: runtime.md, "State". */
export interface BundleState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: OciStatus;
  /** Of its first process, as the host sees it; not of a stopped one. */
  readonly pid?: number | undefined;
  readonly bundle: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Of what `exec` keeps of each stream. */
const outputLimitBytes = 64 * 2 ** 20;

interface Parts {
  readonly store: OciStore;
  readonly id: string;
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly onWarning: (message: string) => void;
}

/**
 * What `Container.fromBundle()` has made: its command waits for `start()`. It is a child of this process, and like one it
 * goes on where this process ends before it.
 *
 * @example
 * await using container = await Container.fromBundle('bundle', { stdout: 'pipe' });
 * await container.start();
 * const { exitCode } = await container.wait();
 */
export class BundleContainer implements AsyncDisposable {
  readonly id: string;
  /** Of its first process, as the host sees it. */
  readonly pid: number;
  /** Our ends of what was asked for as `'pipe'`. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly #parts: Parts;
  readonly #end: Promise<BundleExit>;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.id = parts.id;
    this.pid = parts.pid;
    this.stdin = parts.stdin;
    this.stdout = parts.stdout;
    this.stderr = parts.stderr;
    this.#end = whenChildEnds(parts.pid).then(exitOf);
    this.#end.catch(() => {}); // whoever waits is told
  }

  /** See `Container.fromBundle`. */
  static async create(bundle: string, options: BundleOptions = {}): Promise<BundleContainer> {
    const { id = `tctl-${randomBytes(6).toString('hex')}`, root = defaultOciRoot() } = options;
    const onWarning = options.onWarning ?? ((message: string) => process.emitWarning(message));
    const store = new OciStore(root);
    const { stdin = 'ignore', stdout = 'inherit', stderr = 'inherit' } = options;
    const streams = openStreams({ stdin, stdout, stderr });
    try {
      using _orphans = keepOrphans();
      const { state } = await createOci(store, id, { bundle, stdio: streams.stdio, onWarning });
      return new BundleContainer({ ...streams, store, id, pid: state.pid, onWarning });
    } catch (error) {
      for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
      throw error;
    } finally {
      streams.closeTheirEnds();
    }
  }

  /** Runs its command. @throws TcError NOT_CREATED, START_FAILED, HOOK_FAILED */
  async start(): Promise<void> {
    await startOci(this.#parts.store, this.id);
  }

  /** @throws TcError CONTAINER_NOT_FOUND where it is removed */
  async state(): Promise<BundleState> {
    const { store } = this.#parts;
    const state = store.get(this.id);
    return stateForHooks(state, store.statusOf(state), state.pid);
  }

  /** How it ends, or has ended. Any number may wait. */
  async wait(): Promise<BundleExit> {
    return await this.#end;
  }

  /**
   * Sends a signal to its first process, or to all that is in its cgroups.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, INVALID_SIGNAL
   */
  async kill(signal: NodeJS.Signals | number = 'SIGKILL', { all = false } = {}): Promise<void> {
    killOci(this.#parts.store, this.id, signalNumber(String(signal)), all);
  }

  /** @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, FREEZE_UNSUPPORTED, FREEZE_TIMEOUT */
  async pause(): Promise<void> {
    await pauseOci(this.#parts.store, this.id, true);
  }

  /** @throws as `pause` */
  async resume(): Promise<void> {
    await pauseOci(this.#parts.store, this.id, false);
  }

  /** @param resources as `linux.resources` in config.json; what is left out stays. @throws TcError */
  async update(resources: unknown): Promise<void> {
    await updateOci(this.#parts.store, this.id, resources);
  }

  /** All processes in its cgroups. @throws TcError CONTAINER_NOT_FOUND */
  async pids(): Promise<number[]> {
    return pidsOf(this.#parts.store.get(this.id));
  }

  /**
   * Runs one more process in it, and resolves when that has ended.
   * @throws TcError CONTAINER_NOT_RUNNING, CONTAINER_PAUSED, COMMAND_NOT_FOUND, ...
   */
  async exec(command: readonly string[], options: BundleExecOptions = {}): Promise<BundleExecResult> {
    const { env = {}, cwd, user, input } = options;
    const streams = openStreams({ stdin: input === undefined ? 'ignore' : 'pipe' });
    const collected = [streams.stdout, streams.stderr].map(
      (stream) => new Collector(stream, outputLimitBytes, () => {}),
    );
    try {
      using _orphans = keepOrphans();
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const { pid } = await execOci(
        this.#parts.store,
        this.id,
        (own: OciProcess) => ({
          ...own,
          terminal: false,
          args: command,
          env: [...own.env.filter((each) => !Object.hasOwn(env, each.split('=', 1)[0] ?? '')), ...variables],
          cwd: cwd ?? own.cwd,
          user: { ...own.user, ...user },
        }),
        { stdio: streams.stdio },
      );
      streams.closeTheirEnds();
      streams.stdin?.on('error', () => {}); // it need not read all of it
      streams.stdin?.end(input ?? '');
      const exit = exitOf(await whenChildEnds(pid));
      await Promise.all(collected.map(({ done }) => done));
      const [stdout = '', stderr = ''] = collected.map((each) => each.bytes().toString());
      return { ...exit, stdout, stderr };
    } finally {
      streams.closeTheirEnds();
      for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
    }
  }

  /**
   * Removes what has ended; with `force` whatever it does.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_RUNNING, CGROUP_BUSY
   */
  async remove({ force = false } = {}): Promise<void> {
    await deleteOci(this.#parts.store, this.id, force, this.#parts.onWarning);
    await this.#end;
    this.stdin?.destroy();
    // What is being read ends by itself.
    for (const stream of [this.stdout, this.stderr]) if (stream?.readableFlowing === null) stream.destroy();
  }

  /** `await using`: removes it, by force where it runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove({ force: true });
  }
}

function exitOf(status: number): BundleExit {
  const { exitCode, signal } = decodeStatus(status);
  return { exitCode, signal };
}
