import { MessageChannel, type MessagePort, type Transferable, type Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { workerFile } from '../worker-file.ts';
import { guardExit } from './exit-guard.ts';

/** A task that runs until it is told to stop, in a thread of its own. */
export interface LongTask<In, Out> {
  post(message: In): void;
  onMessage(listener: (message: Out) => void): void;
  /** Resolves where it has ended; rejects where its thread has died, or was given up. */
  readonly ended: Promise<unknown>;
  /**
   * Gives up a thread that does not answer. It may be blocked in the kernel for ever, so nobody waits for it.
   * @param onReturn called when it has ended after all
   */
  abandon(onReturn?: () => void): void;
}

/**
 * The process does not stay alive for this thread. Worker.terminate() would keep it alive until the thread has ended,
 * and so would piscina when it closes the thread's port.
 */
function letGo(thread: Worker): void {
  thread.unref();
  thread.ref = () => {};
}

/** Threads of one piscina. Imported when first used: whoever does not sample pays nothing. */
export class WorkerPool {
  readonly #file: string;
  readonly #idleTimeoutMs: number;
  /** What ends tasks whose threads have not said hello yet. */
  readonly #starting = new Set<(error: Error) => void>();
  #piscina: Promise<Piscina> | undefined;
  #isClosed = false;
  /** Threads that were given up and have not ended. */
  stuckCount = 0;

  constructor({
    file = workerFile(),
    idleTimeoutMs = 0,
  }: { file?: string | undefined; idleTimeoutMs?: number }) {
    this.#file = file;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  async #open(): Promise<Piscina> {
    const { Piscina } = await import('piscina');
    const piscina = new Piscina({
      filename: this.#file,
      minThreads: 0,
      maxThreads: 32,
      idleTimeout: this.#idleTimeoutMs,
      concurrentTasksPerWorker: 1,
      // Threads get 16 MB of young generation by default, and would use it before they collect garbage.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    // Tasks reject with it, too, but not where their thread dies before it takes them: they would be queued for ever.
    piscina.on('error', (error: Error) => {
      for (const fail of this.#starting) fail(error);
    });
    return piscina;
  }

  get #pool(): Promise<Piscina> {
    if (this.#isClosed) throw new Error('the pool is closed');
    this.#piscina ??= this.#open();
    return this.#piscina;
  }

  /**
   * @param name an export of the worker file, which gets `task` with a `port`
   * @param mayBeBlocked whether its thread is in a system call that may not return
   */
  async start<In, Out extends { type: string }>(
    name: string,
    task: object,
    mayBeBlocked: () => boolean,
  ): Promise<LongTask<In, Out>> {
    const piscina = await this.#pool;
    const { port1, port2 } = new MessageChannel();
    const aborter = new AbortController();
    const before = new Set(piscina.threads);
    const start = Promise.withResolvers<never>();
    const fail = (error: Error) => {
      start.reject(error);
      aborter.abort();
    };
    this.#starting.add(fail);
    const running = piscina.run(
      { ...task, port: port2 },
      { name, signal: aborter.signal, transferList: [port2 as MessagePort & Transferable] },
    );
    const ended = Promise.race([running, start.promise]);
    let release = guardExit(mayBeBlocked);
    ended
      .catch(() => {})
      .finally(() => {
        this.#starting.delete(fail);
        port1.close();
        release();
      });
    let thread: Worker | undefined = piscina.threads.find((each) => !before.has(each));
    port1.on('message', (message: Out & { threadId?: number }) => {
      if (message.type !== 'hello') return;
      this.#starting.delete(fail);
      thread = piscina.threads.find((each) => each.threadId === message.threadId);
    });
    port1.unref(); // piscina keeps the process alive while a task runs
    return {
      post: (message) => port1.postMessage(message),
      onMessage: (listener) => port1.on('message', listener),
      ended,
      abandon: (onReturn) => {
        const free = guardExit(() => true);
        release();
        release = () => {};
        this.stuckCount += 1;
        thread?.once('exit', () => {
          this.stuckCount -= 1;
          free();
          onReturn?.();
        });
        if (thread !== undefined) letGo(thread);
        aborter.abort(); // piscina terminates the thread
      },
    };
  }

  /**
   * A task that answers. Its thread is given up where that takes longer than `patienceMs`, not counting what a busy
   * machine needs to start it.
   * @returns undefined where it did not answer
   */
  async run<T>(name: string, task: object, patienceMs: number): Promise<T | undefined> {
    const running = await this.start<never, { type: string }>(name, task, () => true);
    let isLate = false;
    let isOver = false; // the answer comes through another port, and may be first
    let timer: NodeJS.Timeout | undefined;
    running.onMessage(({ type }) => {
      if (type !== 'hello' || isOver) return;
      timer = setTimeout(() => {
        isLate = true;
        running.abandon();
      }, patienceMs);
    });
    try {
      return (await running.ended) as T;
    } catch (error) {
      if (isLate) return undefined;
      throw error;
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }

  /** Ends the threads that have no task, and waits for them. Those given up are not among them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const piscina = await this.#piscina;
    await piscina?.destroy();
  }
}
