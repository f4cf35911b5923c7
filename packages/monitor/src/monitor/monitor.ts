import type { CgroupSample, Frame } from '../frames/frame.ts';
import type { ProcessesOf, ProcessInfo } from '../processes/process-info.ts';
import { inOwnPool } from '../processes/processes.ts';
import { sampleCgroup } from '../sampling/sample-cgroup.ts';
import { Engine } from './engine.ts';
import type { Monitor, MonitorOptions } from './options.ts';
import { type InternalOptions, type Resolved, resolveOptions } from './resolve-options.ts';

/**
 * Samples every cgroup of this host in worker threads, for as long as somebody iterates over its frames.
 * @throws TcError INVALID_DURATION, INVALID_OPTION; iterating: MONITOR_THREADS
 */
export function monitor(options: MonitorOptions = {}): Monitor {
  return createMonitor(options);
}

/** With options that only tests give. */
export function createMonitor(options: MonitorOptions, internal: InternalOptions = {}): Monitor {
  return new EngineMonitor(resolveOptions(options, internal), options);
}

class EngineMonitor implements Monitor {
  readonly #options: Resolved;
  #looked: ReadonlySet<string>;
  #engine: Engine | undefined;
  /** The engine before this one, which may still be ending. */
  #ending: Promise<void> = Promise.resolve();
  #loops = 0;
  #isClosed = false;
  readonly #lastProcesses = new Map<string | number, readonly ProcessInfo[]>();

  constructor(options: Resolved, { look = [], signal }: MonitorOptions) {
    this.#options = options;
    this.#looked = new Set(look);
    if (signal?.aborted === true) this.#isClosed = true;
    signal?.addEventListener('abort', () => void this.close(), { once: true });
  }

  get intervalMs(): number {
    return this.#options.intervalMs;
  }

  [Symbol.asyncIterator](): AsyncIterator<Frame, undefined> {
    let round = -1;
    let isOver = false;
    let engine: Engine | undefined;
    const end = async (): Promise<{ done: true; value: undefined }> => {
      if (!isOver && engine !== undefined) await this.#leave();
      isOver = true;
      return { done: true, value: undefined };
    };
    return {
      next: async () => {
        if (isOver || this.#isClosed) return end();
        engine ??= this.#enter();
        const next = await engine.next(round).catch(async (error) => {
          await end(); // who iterates does not call return() then
          throw error;
        });
        if (next === undefined || isOver) return end();
        round = next.round;
        return { done: false, value: next.frame };
      },
      return: end,
    };
  }

  #enter(): Engine {
    this.#loops += 1;
    this.#engine ??= new Engine(this.#options, (path) => this.#looked.has(path));
    return this.#engine;
  }

  async #leave(): Promise<void> {
    this.#loops -= 1;
    if (this.#loops > 0 || this.#engine === undefined) return;
    const engine = this.#engine;
    this.#engine = undefined;
    this.#ending = Promise.all([this.#ending, engine.close()]).then(() => {});
    await this.#ending;
  }

  async sample(path: string): Promise<CgroupSample | undefined> {
    return this.#engine?.sample(path) ?? sampleCgroup(path);
  }

  async processes(of: ProcessesOf): Promise<readonly ProcessInfo[]> {
    const key = typeof of === 'string' ? of : of.pid;
    const since = this.#lastProcesses.get(key) ?? [];
    const answer = await (this.#engine?.processes(of, since) ??
      inOwnPool(this.#options.workerFile, of, since));
    // Who looks at hundreds of containers, one after the other, needs the shares of the last ones only.
    if (this.#lastProcesses.size > 64) this.#lastProcesses.clear();
    this.#lastProcesses.set(key, answer);
    return answer;
  }

  watch(paths: Iterable<string>): void {
    this.#looked = new Set(paths);
    this.#engine?.look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const engine = this.#engine;
    this.#engine = undefined;
    if (engine !== undefined) this.#ending = Promise.all([this.#ending, engine.close()]).then(() => {});
    await this.#ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
