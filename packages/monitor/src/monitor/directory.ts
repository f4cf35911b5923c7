import { TcError } from '@tc/linux';
import type { Cgroup } from '../cgroups/cgroup.ts';
import type { FromFollower } from '../cgroups/follower.ts';
import { RuntimeNames } from '../cgroups/runtime-names.ts';
import { toCgroup } from '../cgroups/to-cgroup.ts';
import type { FoundCgroup } from '../cgroups/walk.ts';
import { SamplerControl } from '../sampling/control.ts';
import type { Resolved } from './resolve-options.ts';
import type { LongTask, WorkerPool } from './worker-pool.ts';

interface Events {
  added(all: readonly FoundCgroup[]): void;
  removed(paths: readonly string[]): void;
  /** The name of a cgroup has become known. */
  renamed(path: string): void;
  /** Its threads die before they have said anything: nothing will ever be known. */
  failed(error: TcError): void;
}

const mostDeaths = 3;

/** Which cgroups there are, and what they are called, as a thread of its own finds out. */
export class Directory {
  readonly #options: Resolved;
  readonly #events: Events;
  readonly #names: RuntimeNames;
  #task: LongTask<'stop', FromFollower> | undefined;
  #isClosed = false;
  readonly #first = Promise.withResolvers<void>();
  /** Resolves when all that were there at the start are known, or can't be found out soon. */
  readonly ready: Promise<void> = this.#first.promise;

  constructor(pool: WorkerPool, options: Resolved, events: Events) {
    this.#options = options;
    this.#events = events;
    this.#names = new RuntimeNames((path) => events.renamed(path));
    void this.#follow(pool);
  }

  async #follow(pool: WorkerPool): Promise<void> {
    const late = setTimeout(() => this.#first.resolve(), 5000);
    const known = new Set<string>();
    let deaths = 0;
    // A thread that dies is replaced; the new one's first message has all that there is.
    while (!this.#isClosed) {
      try {
        const { hierarchies, intervalMs, maxWatches } = this.#options;
        const control = new SamplerControl();
        const task = await pool.start<'stop', FromFollower>(
          'follow',
          {
            hierarchies,
            rescanMs: 10_000,
            pollMs: Math.max(1000, intervalMs),
            maxWatches,
            control: control.buffer,
          },
          () => control.reading() !== undefined,
        );
        this.#task = task;
        let isFirst = true;
        task.onMessage((message) => {
          if (message.type !== 'changes' || this.#isClosed) return;
          const removed = isFirst ? [...known] : message.removed;
          isFirst = false;
          deaths = 0;
          for (const path of removed) known.delete(path);
          for (const { path } of message.added) known.add(path);
          if (removed.length > 0) this.#forget(removed);
          if (message.added.length > 0) this.#events.added(message.added);
          this.#first.resolve();
        });
        if (this.#isClosed) task.post('stop');
        await task.ended;
      } catch (cause) {
        this.#first.resolve();
        deaths += 1;
        if (deaths === mostDeaths) return this.#events.failed(neverUp(cause));
        await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      }
    }
    clearTimeout(late);
  }

  #forget(paths: readonly string[]): void {
    for (const path of paths) this.#names.forget(path);
    this.#events.removed(paths);
  }

  toCgroup(found: FoundCgroup): Cgroup {
    const cgroup = toCgroup(found);
    const name = this.#options.names(cgroup) ?? this.#names.of(cgroup);
    return name === undefined ? cgroup : { ...cgroup, name };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#first.resolve();
    const task = this.#task;
    if (task === undefined) return;
    task.post('stop');
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), this.#options.blockedAfterMs);
    const end = await Promise.race([task.ended.catch(() => undefined), late.promise]);
    clearTimeout(timer);
    if (end === 'late') task.abandon();
  }
}

function neverUp(cause: unknown): TcError {
  return new TcError(cause instanceof Error ? cause.message : 'a thread died at its start', {
    code: 'MONITOR_THREADS',
    operation: 'start the threads that read cgroups',
    hint: 'See whether memory or processes are limited here, and whether the files of @tc/monitor are all there.',
    cause,
  });
}
