import { isContainerKind } from '../cgroups/identify.ts';
import { SamplerControl } from '../sampling/control.ts';
import type { Entry, FromSampler, SamplerTask, ToSampler } from '../sampling/messages.ts';
import type { Tracked } from './tracked.ts';
import type { LongTask, WorkerPool } from './worker-pool.ts';

export interface ShardEvents {
  tick(shard: Shard, tick: number): void;
  gone(shard: Shard, refs: readonly number[]): void;
  removed(refs: readonly number[]): void;
  /** Its thread has died by itself. */
  died(shard: Shard): void;
}

export type ShardOptions = Omit<SamplerTask, 'port' | 'control' | 'entries'>;

/** The cgroups that one thread samples, seen from the main thread. */
export class Shard {
  readonly members = new Map<number, Tracked>();
  /** For what has blocked a thread before: it shall not block others again. */
  readonly isForSuspects: boolean;
  readonly #control = new SamplerControl();
  readonly #events: ShardEvents;
  #task: LongTask<ToSampler, FromSampler> | undefined;
  readonly #unsent: ToSampler[] = [];
  #isOver = false;
  /** The last that it has finished; -1 before its thread is up. */
  lastTick = -1;
  /** What reading all of its cgroups took, by the wall clock. */
  costMs = 0;

  constructor(pool: WorkerPool, options: ShardOptions, events: ShardEvents, isForSuspects: boolean) {
    this.isForSuspects = isForSuspects;
    this.#events = events;
    void this.#start(pool, options);
  }

  async #start(pool: WorkerPool, options: ShardOptions): Promise<void> {
    await Promise.resolve(); // whoever made this one adds to it now: it begins with that
    try {
      const task = await pool.start<ToSampler, FromSampler>(
        'sample',
        this.#beginning(options),
        () => this.#control.reading() !== undefined,
      );
      this.#task = task;
      task.onMessage((message) => this.#receive(message));
      for (const message of this.#unsent.splice(0)) task.post(message);
      await task.ended;
    } catch {} // it has died, or was given up
    if (!this.#isOver) this.#events.died(this);
    this.#isOver = true;
  }

  #beginning(options: ShardOptions): Omit<SamplerTask, 'port'> {
    const unsent = this.#unsent.splice(0);
    const chunks = unsent.flatMap((each) => (each.type === 'chunk' ? [each.buffer] : []));
    const entries = unsent.flatMap((each) => (each.type === 'add' ? each.entries : []));
    this.#unsent.push(...unsent.filter(({ type }) => type === 'remove' || type === 'look'));
    return {
      ...options,
      chunks: [...options.chunks, ...chunks],
      entries,
      control: this.#control.buffer,
    };
  }

  #receive(message: FromSampler): void {
    if (this.#isOver) return;
    if (message.type === 'tick') {
      this.costMs = this.costMs === 0 ? message.costMs : this.costMs * 0.8 + message.costMs * 0.2;
      this.lastTick = message.tick;
      this.#events.tick(this, message.tick);
    } else if (message.type === 'gone') this.#events.gone(this, message.refs);
    else if (message.type === 'removed') this.#events.removed(message.refs);
  }

  post(message: ToSampler): void {
    if (this.#task === undefined) this.#unsent.push(message);
    else if (!this.#isOver) this.#task.post(message);
  }

  add(all: readonly Tracked[], isLooked: (tracked: Tracked) => boolean): void {
    const entries = all.flatMap((tracked): Entry[] => {
      if (tracked.ref === undefined) return [];
      this.members.set(tracked.ref, tracked);
      tracked.shard = this;
      return [
        {
          ref: tracked.ref,
          directories: tracked.found.directories,
          isContainer: isContainerKind(tracked.cgroup.kind),
          looked: isLooked(tracked),
        },
      ];
    });
    if (entries.length > 0) this.post({ type: 'add', entries });
  }

  /** Its slot is free when `removed` says so. */
  remove(tracked: Tracked): void {
    if (tracked.ref === undefined) return;
    this.members.delete(tracked.ref);
    this.post({ type: 'remove', refs: [tracked.ref] });
    tracked.shard = undefined;
    tracked.ref = undefined;
  }

  /** How many files its thread keeps open. */
  get descriptors(): Int32Array {
    return this.#control.descriptors;
  }

  /** The cgroup that has blocked its thread for so long. */
  blockedBy(nowMs: number, patienceMs: number): Tracked | undefined {
    const reading = this.#control.reading();
    if (reading === undefined || nowMs - reading.beganMs < patienceMs) return undefined;
    return this.members.get(reading.ref);
  }

  /** @param onReturn called when its thread has ended, and nobody writes to its slots any more */
  abandon(onReturn: () => void): void {
    this.#isOver = true;
    this.#task?.abandon(onReturn);
  }

  /** Tells its thread to end. Resolves when it has; false where it does not answer in time, and is given up. */
  async stop(patienceMs: number): Promise<boolean> {
    this.#isOver = true;
    if (this.#task === undefined) return true;
    this.#task.post({ type: 'stop' });
    const { promise, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(() => resolve(false), patienceMs);
    const ended = this.#task.ended.then(
      () => true,
      () => true,
    );
    const isOver = await Promise.race([ended, promise]);
    clearTimeout(timer);
    if (!isOver) this.#task.abandon();
    return isOver;
  }
}
