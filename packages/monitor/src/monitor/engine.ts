import type { FoundCgroup } from '../cgroups/walk.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import { HostReader } from '../host/host-figures.ts';
import type { ProcessesOf, ProcessInfo } from '../processes/process-info.ts';
import { processesIn } from '../processes/processes.ts';
import { monotonicMs } from '../sampling/monotonic.ts';
import { sampleLayout, sampleLength } from '../sampling/sample-memory.ts';
import { type Moment, toSample } from '../sampling/to-sample.ts';
import { Directory } from './directory.ts';
import type { Resolved } from './resolve-options.ts';
import { Rounds } from './rounds.ts';
import { Shards } from './shards.ts';
import { type Tracked, track } from './tracked.ts';
import { WorkerPool } from './worker-pool.ts';

/** What runs while somebody iterates: one thread that follows the hierarchies, and those that sample. */
export class Engine {
  readonly #options: Resolved;
  readonly #pool: WorkerPool;
  readonly #directory: Directory;
  readonly #shards: Shards;
  readonly #rounds: Rounds;
  readonly #host = new HostReader();
  readonly #tracked = new Map<string, Tracked>();
  readonly #scratch = new Float64Array(sampleLength);
  #cached: { round: number; frame: Frame } | undefined;

  constructor(options: Resolved, isLooked: (path: string) => boolean) {
    this.#options = options;
    this.#pool = new WorkerPool({ file: options.workerFile, idleTimeoutMs: 5000 });
    this.#rounds = new Rounds(options.intervalMs, {
      isComplete: (round) => this.#shards.haveFinished(round),
      watchdog: () => this.#shards.watch(),
    });
    this.#shards = new Shards(this.#pool, options, {
      isLooked: ({ found }) => isLooked(found.path),
      tick: () => this.#rounds.check(),
      gone: (tracked) => this.#drop(tracked),
    });
    this.#directory = new Directory(this.#pool, options, {
      added: (all) => this.#add(all),
      removed: (paths) => this.#remove(paths),
      renamed: (path) => this.#rename(path),
      failed: (error) => this.#rounds.fail(error),
    });
    void this.#start();
  }

  async #start(): Promise<void> {
    await this.#directory.ready;
    const startMs = monotonicMs();
    this.#shards.begin(startMs);
    this.#rounds.begin(startMs);
  }

  #add(all: readonly FoundCgroup[]): void {
    const added: Tracked[] = [];
    for (const found of all) {
      const cgroup = this.#directory.toCgroup(found);
      if (!this.#options.includes(cgroup)) continue;
      const tracked = track(found, cgroup);
      this.#tracked.set(found.path, tracked);
      added.push(tracked);
    }
    this.#shards.add(added);
  }

  #remove(paths: readonly string[]): void {
    for (const path of paths) {
      const tracked = this.#tracked.get(path);
      if (tracked === undefined) continue;
      this.#shards.remove(tracked);
      this.#tracked.delete(path);
    }
  }

  /** A thread has found out that it is gone. */
  #drop(tracked: Tracked): void {
    if (this.#tracked.get(tracked.found.path) === tracked) this.#tracked.delete(tracked.found.path);
  }

  #rename(path: string): void {
    const tracked = this.#tracked.get(path);
    if (tracked !== undefined) tracked.cgroup = this.#directory.toCgroup(tracked.found);
  }

  /** What somebody looks at has changed. */
  look(): void {
    this.#shards.look();
  }

  /** A frame that is newer than `round`; undefined where the engine was closed. */
  async next(round: number): Promise<{ round: number; frame: Frame } | undefined> {
    const newest = await this.#rounds.after(round);
    if (newest === undefined) return undefined;
    if (this.#cached?.round !== newest) this.#cached = { round: newest, frame: this.#frame() };
    return this.#cached;
  }

  #frame(): Frame {
    const now = this.#now();
    const cgroups: CgroupSample[] = [];
    for (const tracked of this.#tracked.values()) {
      const sample = this.#sampleOf(tracked, now);
      if (sample !== undefined) cgroups.push(sample);
    }
    cgroups.sort((a, b) => (a.cgroup.path < b.cgroup.path ? -1 : 1));
    return {
      time: new Date(now.wallMs),
      monotonicMs: now.monotonicMs,
      intervalMs: this.#options.intervalMs,
      host: this.#host.read(),
      cgroups,
    };
  }

  #sampleOf(tracked: Tracked, now: Moment): CgroupSample | undefined {
    const { ref, cgroup, last, lastMonotonicMs, lastChangedMs } = tracked;
    if (ref !== undefined && this.#shards.read(ref, this.#scratch, lastChangedMs)) {
      const changedMs = this.#scratch[sampleLayout.changedMs] as number;
      const same = changedMs === lastChangedMs ? last : undefined;
      tracked.last = toSample(cgroup, this.#scratch, now, same);
      tracked.lastChangedMs = changedMs;
      tracked.lastMonotonicMs = this.#scratch[sampleLayout.monotonicMs] as number;
      tracked.costUsec = this.#scratch[sampleLayout.costUsec] as number;
      return tracked.last;
    }
    // It has another thread by now, which has not read it yet, or it is in quarantine.
    if (last === undefined && tracked.strikes > 0) return this.#unread(tracked, now);
    return last && { ...last, cgroup, ageMs: now.monotonicMs - lastMonotonicMs, stale: true };
  }

  /** It has blocked before anything of it could be read. */
  #unread(tracked: Tracked, now: Moment): CgroupSample {
    const nothing = new Float64Array(sampleLength).fill(Number.NaN);
    return {
      ...toSample(tracked.cgroup, nothing, now),
      ageMs: now.monotonicMs - tracked.sinceMs,
      stale: true,
    };
  }

  sample(path: string): CgroupSample | undefined {
    const tracked = this.#tracked.get(path);
    return tracked && this.#sampleOf(tracked, this.#now());
  }

  processes(of: ProcessesOf, since: readonly ProcessInfo[]): Promise<readonly ProcessInfo[]> {
    return processesIn(this.#pool, of, since);
  }

  #now(): Moment {
    return { monotonicMs: monotonicMs(), wallMs: Date.now(), staleMs: 2 * this.#options.intervalMs };
  }

  async close(): Promise<void> {
    this.#rounds.close();
    await Promise.all([this.#directory.close(), this.#shards.close()]);
    await this.#pool.close();
  }
}
