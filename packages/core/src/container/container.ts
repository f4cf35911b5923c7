import { resolve } from 'node:path';
import { dataDirectory } from '@tc/linux';
import type { LimitUpdate } from '../cgroups/merge-limits.ts';
import type { ContainerEvent } from '../events/event.ts';
import { containerEvents, type EventsOptions } from '../events/watch.ts';
import { execIn } from '../exec/exec.ts';
import type { ExecOptions } from '../exec/options.ts';
import type { ContainerFiles } from '../files/files.ts';
import type { LogEntry } from '../logs/lines.ts';
import { type LogsOptions, logs } from '../logs/logs.ts';
import type { BundleContainer, BundleOptions } from '../oci/bundle-container.ts';
import type { Run } from '../run/follow.ts';
import { whenSupervisorEnds } from '../state/alive.ts';
import { containerDataDirectory } from '../state/layout.ts';
import { findId } from '../state/names.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { type Attachment, type AttachOptions, attach } from './attach.ts';
import type { AttachedTerminal } from './attached-terminal.ts';
import { filesOfContainer } from './container-files.ts';
import { createContainer } from './create.ts';
import { infoOf } from './inspect.ts';
import { listContainers } from './list.ts';
import type { ContainerExit, ContainerInfo, ContainerOptions } from './options.ts';
import { pauseContainer } from './pause.ts';
import { type PruneOptions, pruneContainers } from './prune.ts';
import { type ContainerReference, nameOf, recordOf, stateDirectoryOf } from './reference.ts';
import { type RemoveOptions, removeContainer } from './remove.ts';
import { renameContainer } from './rename.ts';
import { type StartOptions, startContainer } from './start.ts';
import { type ContainerStats, statsOf } from './stats.ts';
import { killContainer, type StopOptions, stopContainer } from './stop.ts';
import { updateContainer } from './update.ts';
import { type WaitOptions, waitForExit } from './wait.ts';

/**
 * A container with a name and a life of its own: it can be started more than once, and looked at and changed from
 * every process of its user. The state is in the runtime directory; an object of this class only names it, so that
 * any number may stand for one container, and none goes stale.
 *
 * @example
 * await using container = await Container.create({ rootfs, command: ['node', 'server.js'] });
 * await container.start();
 * for await (const { line } of container.logs({ follow: true })) console.log(line);
 */
export class Container implements AsyncDisposable {
  readonly id: string;
  readonly #reference: ContainerReference;
  #name: string;
  readonly #detached: boolean;

  private constructor(reference: ContainerReference, name: string, detached: boolean) {
    this.id = reference.id;
    this.#reference = reference;
    this.#name = name;
    this.#detached = detached;
  }

  /** As this object knows it: `inspect()` knows of a rename elsewhere. Its id where it was given no name. */
  get name(): string {
    return this.#name;
  }

  /**
   * Makes a container, and starts nothing yet. All options are checked.
   * @throws TcError CONTAINER_EXISTS, and as `run()` does for options that can't be used
   */
  static async create(options: ContainerOptions): Promise<Container> {
    const { name, ...reference } = await createContainer(options);
    return new Container(reference, name, options.detached ?? false);
  }

  /**
   * Finds one by its name, its id, or what only its id begins with. What `run()` runs is found too.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS, CONFIG_VERSION
   */
  static async get(nameOrId: string): Promise<Container> {
    const runtime = resolve(runtimeDirectory());
    const reference = { runtimeDirectory: runtime, id: findId(runtime, nameOrId) };
    const record = recordOf(reference);
    return new Container(reference, nameOf(record), infoOf(record).detached);
  }

  /**
   * Makes a container of an OCI bundle, a directory with a config.json, on the engine of `tc-runtime`, which sees it
   * too: docs/oci.md. It is none of those that `list()` knows.
   * @throws TcError BUNDLE_NOT_FOUND, INVALID_BUNDLE, UNSUPPORTED_FIELD, HOOK_FAILED, CONTAINER_EXISTS; SyscallError
   */
  static async fromBundle(directory: string, options: BundleOptions = {}): Promise<BundleContainer> {
    // Loaded when it is called: nobody else pays for it.
    const { BundleContainer } = await import('../oci/bundle-container.ts');
    return BundleContainer.create(directory, options);
  }

  /** All of this user's containers, those of `run()` too, the oldest first. */
  static async list(): Promise<ContainerInfo[]> {
    return (await listContainers()).containers;
  }

  /** Removes all that have ended. @returns their ids */
  static async prune(options: PruneOptions = {}): Promise<string[]> {
    return pruneContainers(resolve(runtimeDirectory()), options);
  }

  /** What happens to all of them from now on, or from `since`: see `EventsOptions`. */
  static events(options: EventsOptions = {}): AsyncIterableIterator<ContainerEvent, void> & AsyncDisposable {
    return containerEvents(options, resolve(runtimeDirectory()));
  }

  /**
   * Starts it, and resolves when the command runs. Unless it is `detached`, the end of this process ends it, and
   * this process waits for it as it does for a child process.
   * @throws TcError CONTAINER_RUNNING, CONTAINER_NOT_FOUND; where a step of the launch fails, SyscallError
   */
  async start(options: StartOptions & { attach: true }): Promise<AttachedTerminal>;
  async start(options?: StartOptions & { attach?: false }): Promise<undefined>;
  async start(options: StartOptions): Promise<AttachedTerminal | undefined>;
  async start(options: StartOptions = {}): Promise<AttachedTerminal | undefined> {
    const supervisor = await startContainer(this.#reference, options);
    if (!options.attach) return undefined;
    const { AttachedTerminal } = await import('./attached-terminal.ts');
    return new AttachedTerminal(await supervisor.terminal, supervisor);
  }

  /**
   * Asks it to end, and kills it where it does not in time. Resolves when nothing of it runs. It does not start again
   * by itself, in whichever process its restart policy works.
   * @throws TcError CONTAINER_NOT_FOUND, INVALID_OPTION, INVALID_DURATION, CONTAINER_UNKILLABLE
   */
  async stop(options: StopOptions = {}): Promise<void> {
    await stopContainer(this.#reference, options);
  }

  /**
   * Sends a signal to its first process, which, as any first process of a PID namespace, gets only those that it has a
   * handler for, and SIGKILL and SIGSTOP: pid_namespaces(7). SIGKILL ends all of it; `wait()` tells when.
   * After SIGKILL, SIGTERM, SIGINT, SIGQUIT and its `stopSignal` it does not start again by itself, and a paused one goes
   * on to receive it.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, INVALID_OPTION
   */
  async kill(signal: NodeJS.Signals | number = 'SIGKILL'): Promise<void> {
    await killContainer(this.#reference, signal);
  }

  /**
   * Stops all its processes where they are. Nothing happens where they are already.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, FREEZE_UNSUPPORTED (without cgroups), FREEZE_TIMEOUT
   */
  async pause(): Promise<void> {
    await pauseContainer(this.#reference, true);
  }

  /** @throws as `pause` */
  async resume(): Promise<void> {
    await pauseContainer(this.#reference, false);
  }

  /**
   * Changes limits, at once where it runs: all of them, or none where one is refused. What is left out stays; `'max'`
   * or null lift a limit. They hold for later starts too.
   *
   * Lowering `memory` below what is in use: cgroup v1 refuses it (LIMIT_BELOW_USAGE); v2 reclaims what it can, and then
   * the OOM killer ends a process of the container. A limit whose v1 controller it was started without can't be
   * changed while it runs (LIMIT_NOT_LIVE).
   * @throws TcError CONTAINER_NOT_FOUND, INVALID_LIMIT, LIMIT_UNSUPPORTED, LIMIT_NOT_LIVE, LIMIT_BELOW_USAGE
   */
  async update(limits: LimitUpdate): Promise<void> {
    await updateContainer(this.#reference, limits);
  }

  /** @throws TcError CONTAINER_EXISTS, CONTAINER_NOT_FOUND, CONTAINER_EPHEMERAL, CONTAINER_RUNNING (with `autoRemove`) */
  async rename(name: string): Promise<void> {
    await renameContainer(this.#reference, name);
    this.#name = name;
  }

  /**
   * Removes it with its log and what it wrote to disk; volumes stay.
   * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_RUNNING (without `force`), CONTAINER_UNKILLABLE, CGROUP_BUSY
   */
  async remove(options: RemoveOptions = {}): Promise<void> {
    await removeContainer(this.#reference, options);
  }

  /** Stops it where it runs, and starts it: from then on this process is what started it. @throws as both do */
  async restart(options: StopOptions = {}): Promise<void> {
    await stopContainer(this.#reference, options);
    await startContainer(this.#reference);
  }

  /**
   * How the run ends that goes on now; how the last one ended, where none does; or of one that was never started, how
   * its first run ends. Any number of processes may wait.
   * @throws TcError CONTAINER_NOT_FOUND where it is removed before it has run; ABORTED
   */
  async wait(options: WaitOptions = {}): Promise<ContainerExit> {
    return waitForExit(this.#reference, options);
  }

  /** @throws TcError CONTAINER_NOT_FOUND */
  async inspect(): Promise<ContainerInfo> {
    return infoOf(recordOf(this.#reference));
  }

  /** What it uses now. @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING */
  async stats(): Promise<ContainerStats> {
    return statsOf(this.#reference);
  }

  /**
   * Runs a command in it, with its namespaces, cgroups and privileges; as with `run()`, await it for the result. It
   * ends with this process. `kill()` with a signal that ends programs, `timeout`, `signal` and `await using` end all
   * that the command has started, too.
   * @throws (rejects) TcError CONTAINER_NOT_RUNNING, CONTAINER_PAUSED, INVALID_OPTION; SyscallError; RunError with `reject`
   */
  exec(command: readonly string[], options: ExecOptions & { encoding: 'buffer' }): Run<Buffer>;
  exec(command: readonly string[], options?: ExecOptions): Run;
  exec(command: readonly string[], options: ExecOptions = {}): Run | Run<Buffer> {
    return execIn(stateDirectoryOf(this.#reference), this.#name, command, options);
  }

  /** The lines of its log: see `LogsOptions`. @throws TcError INVALID_OPTION, INVALID_DURATION */
  logs(options: LogsOptions = {}): AsyncIterableIterator<LogEntry, void> & AsyncDisposable {
    const directory = stateDirectoryOf(this.#reference);
    return logs(this.#dataDirectory, options, (signal) => whenSupervisorEnds(directory, { signal }));
  }

  /** To look at it and to type into it. @throws TcError CONTAINER_NOT_RUNNING, ATTACH_DENIED */
  async attach(options: AttachOptions = {}): Promise<Attachment> {
    const target = {
      stateDirectory: stateDirectoryOf(this.#reference),
      logDirectory: this.#dataDirectory,
      name: this.#name,
    };
    return attach(target, options);
  }

  /** Its files, whether it runs or not: see `ContainerFiles`. */
  get files(): ContainerFiles {
    return filesOfContainer(this.#reference);
  }

  /** What happens to it from now on, or from `since`. */
  events(
    options: Omit<EventsOptions, 'id'> = {},
  ): AsyncIterableIterator<ContainerEvent, void> & AsyncDisposable {
    return containerEvents({ ...options, id: this.id }, this.#reference.runtimeDirectory);
  }

  /** `await using`: removes it, by force where it runs; a `detached` one stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#detached) return;
    try {
      await this.remove({ force: true });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'CONTAINER_NOT_FOUND') throw error;
    }
  }

  get #dataDirectory(): string {
    return containerDataDirectory(dataDirectory(), this.id);
  }
}
