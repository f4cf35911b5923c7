import { availableParallelism } from 'node:os';
import { DescriptorBudget, descriptorLimit } from '../sampling/descriptors.ts';
import { monotonicMs } from '../sampling/monotonic.ts';
import type { Resolved } from './resolve-options.ts';
import { Shard } from './shard.ts';
import { Slots } from './slots.ts';
import type { Tracked } from './tracked.ts';
import type { WorkerPool } from './worker-pool.ts';

const mostShards = Math.min(4, availableParallelism());
/** More threads than that can't be blocked at a time: then it is not single cgroups that block. */
const mostStuck = 8;
const longestQuarantineMs = 600_000;
/** Reading takes more of an interval than that: another thread shares the work. */
const busyShare = 0.25;

interface Events {
  isLooked(tracked: Tracked): boolean;
  tick(): void;
  gone(tracked: Tracked): void;
}

/** Which thread samples what. Replaces threads that die or block. */
export class Shards {
  readonly #pool: WorkerPool;
  readonly #options: Resolved;
  readonly #events: Events;
  readonly #shards = new Set<Shard>();
  readonly #slots = new Slots((buffer) => {
    for (const shard of this.#shards) shard.post({ type: 'chunk', buffer });
  });
  readonly #waiting = new Set<Tracked>();
  readonly #descriptors = new DescriptorBudget(descriptorLimit());
  #startMs: number | undefined;

  constructor(pool: WorkerPool, options: Resolved, events: Events) {
    this.#pool = pool;
    this.#options = options;
    this.#events = events;
  }

  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#distribute();
  }

  add(all: readonly Tracked[]): void {
    for (const tracked of all) this.#waiting.add(tracked);
    if (this.#startMs !== undefined) this.#distribute();
  }

  remove(tracked: Tracked): void {
    this.#waiting.delete(tracked);
    tracked.shard?.remove(tracked);
  }

  /** Gives what waits to the thread with the least to do. */
  #distribute(): void {
    const now = monotonicMs();
    const ready = [...this.#waiting].filter(({ quarantinedUntilMs }) => quarantinedUntilMs <= now);
    const suspects = ready.filter(({ strikes }) => strikes > 0);
    this.#assign(suspects, true);
    this.#assign(
      ready.filter(({ strikes }) => strikes === 0),
      false,
    );
  }

  #assign(all: readonly Tracked[], isForSuspects: boolean): void {
    if (all.length === 0) return;
    const shards = [...this.#shards].filter((shard) => shard.isForSuspects === isForSuspects);
    const shard = shards.sort((a, b) => a.costMs - b.costMs)[0] ?? this.#open(isForSuspects);
    if (shard === undefined) return; // too many threads are stuck
    for (const tracked of all) {
      this.#waiting.delete(tracked);
      tracked.ref = this.#slots.take();
    }
    shard.add(all, this.#events.isLooked);
  }

  #open(isForSuspects = false): Shard | undefined {
    if (this.#pool.stuckCount >= mostStuck) return undefined;
    const { intervalMs, slowEvery } = this.#options;
    const shard = new Shard(
      this.#pool,
      {
        startMs: this.#startMs ?? monotonicMs(),
        intervalMs,
        slowEvery,
        descriptors: this.#descriptors.buffer,
        chunks: this.#slots.buffers,
      },
      {
        tick: () => this.#events.tick(),
        gone: (_, refs) => this.#gone(shard, refs),
        removed: (refs) => {
          for (const ref of refs) this.#slots.give(ref);
        },
        died: () => this.#replace(shard),
      },
      isForSuspects,
    );
    this.#shards.add(shard);
    return shard;
  }

  #gone(shard: Shard, refs: readonly number[]): void {
    for (const ref of refs) {
      const tracked = shard.members.get(ref);
      shard.members.delete(ref);
      if (tracked === undefined) continue; // it was removed in the meantime, and `removed` frees its slot
      tracked.shard = undefined;
      tracked.ref = undefined;
      this.#slots.give(ref);
      this.#events.gone(tracked);
    }
  }

  /** Called every interval. */
  watch(): void {
    const now = monotonicMs();
    const patienceMs = Math.max(this.#options.blockedAfterMs, this.#options.intervalMs);
    for (const shard of [...this.#shards]) {
      const culprit = shard.blockedBy(now, patienceMs);
      if (culprit !== undefined) this.#replace(shard, culprit);
    }
    this.#trustAgain(now);
    if (this.#waiting.size > 0) this.#distribute();
    this.#balance();
  }

  /** A busy machine can look like a file that blocks: who has not blocked for a while is no suspect any more. */
  #trustAgain(now: number): void {
    for (const shard of this.#shards) {
      if (!shard.isForSuspects) continue;
      for (const tracked of [...shard.members.values()]) {
        if (now - tracked.quarantinedUntilMs < this.#options.trustAfterMs) continue;
        tracked.strikes = 0;
        shard.remove(tracked);
        this.#waiting.add(tracked);
      }
    }
  }

  /** Others take over what a thread had. Its own slots are used again when it can't write to them any more. */
  #replace(shard: Shard, culprit?: Tracked): void {
    this.#shards.delete(shard);
    const refs = [...shard.members.keys()];
    for (const tracked of shard.members.values()) {
      tracked.shard = undefined;
      tracked.ref = undefined;
      this.#waiting.add(tracked);
    }
    const free = () => {
      for (const ref of refs) this.#slots.give(ref);
      this.#descriptors.giveAll(shard.descriptors);
      if (culprit !== undefined) culprit.quarantinedUntilMs = monotonicMs() + pauseMs(culprit.strikes);
    };
    if (culprit === undefined) {
      free();
      return; // a thread that dies at its start would die again at once: the next round begins another one
    } else {
      culprit.strikes += 1;
      culprit.quarantinedUntilMs = Number.POSITIVE_INFINITY; // until that thread comes back
      shard.abandon(free);
    }
    this.#distribute();
  }

  /** Moves half of what the busiest thread does to another one, new or old. */
  #balance(): void {
    const shards = [...this.#shards].filter((each) => !each.isForSuspects);
    const busiest = shards.sort((a, b) => b.costMs - a.costMs)[0];
    if (busiest === undefined || busiest.members.size < 2) return;
    if (busiest.costMs < busyShare * this.#options.intervalMs) return;
    let other = shards.at(-1);
    if (shards.length < mostShards) other = this.#open();
    else if (other !== undefined && other.costMs > busiest.costMs / 2) return;
    if (other === undefined || other === busiest) return;
    const half = halfByCost([...busiest.members.values()], (busiest.costMs - other.costMs) * 500);
    for (const tracked of half) {
      busiest.remove(tracked);
      tracked.ref = this.#slots.take();
    }
    other.add(half, this.#events.isLooked);
    busiest.costMs /= 2; // until it is measured
    other.costMs += busiest.costMs;
  }

  look(): void {
    for (const shard of this.#shards) {
      const refs = [...shard.members].filter(([, each]) => this.#events.isLooked(each)).map(([ref]) => ref);
      shard.post({ type: 'look', refs });
    }
  }

  /** Whether every thread that is able to has finished its tick. */
  haveFinished(round: number): boolean {
    return [...this.#shards].every(({ lastTick, isForSuspects }) => isForSuspects || lastTick >= round);
  }

  read(ref: number, into: Float64Array, knownMs: number): boolean {
    return this.#slots.read(ref, into, knownMs);
  }

  async close(): Promise<void> {
    const shards = [...this.#shards];
    this.#shards.clear();
    await Promise.all(shards.map((shard) => shard.stop(this.#options.blockedAfterMs)));
  }
}

/** Twice as long each time, from 2 s on. */
const pauseMs = (strikes: number): number => Math.min(longestQuarantineMs, 1000 * 2 ** strikes);

function halfByCost(all: readonly Tracked[], wantedUsec: number): Tracked[] {
  let sum = 0;
  const half: Tracked[] = [];
  for (const tracked of all) {
    if (half.length > 0 && sum + tracked.costUsec > wantedUsec) continue;
    if (half.length === all.length - 1) break;
    half.push(tracked);
    sum += tracked.costUsec;
  }
  return half;
}
