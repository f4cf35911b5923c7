import type { Worker } from 'node:worker_threads';
import { type ErrorCode, TcError } from '@tc/linux';
import type { Unpacked, UnpackJob } from './unpack-file.ts';
import type { WorkerAnswer, WorkerError } from './unpack-worker.ts';
import { startUnpackThread } from './worker-thread.ts';

/** Unpacks blobs in a thread of its own, which is started by the first: the caller's event loop stays free. */
export class Unpacker implements AsyncDisposable {
  #worker: Worker | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Starts the thread, which takes 50 ms, while the caller still gets what it is to unpack. */
  start(): void {
    this.#worker ??= startUnpackThread();
  }

  /**
   * One after another: it is the disk, or one CPU, that is busy.
   * @throws what `unpackFile` throws; the signal's reason
   */
  unpack(
    job: UnpackJob,
    { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
  ): Promise<Unpacked> {
    const result = this.#turn.then(() => this.#run(job, signal, onBytes));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #run(
    job: UnpackJob,
    signal: AbortSignal | undefined,
    onBytes: ((bytes: number) => void) | undefined,
  ): Promise<Unpacked> {
    signal?.throwIfAborted();
    this.start();
    const worker = this.#worker as Worker;
    const { promise, resolve, reject } = Promise.withResolvers<Unpacked>();
    const onMessage = (answer: WorkerAnswer) => {
      if (answer.kind === 'bytes') onBytes?.(answer.bytes);
      else if (answer.kind === 'done') resolve(answer.unpacked);
      else reject(toError(answer.error));
    };
    const onExit = () => reject(new Error('the unpacking thread has ended'));
    const onAbort = () => {
      this.#worker = undefined;
      void worker.terminate().then(() => reject(signal?.reason));
    };
    worker.on('message', onMessage).on('error', reject).once('exit', onExit);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      worker.postMessage(job);
      return await promise;
    } finally {
      worker.off('message', onMessage).off('error', reject).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function toError({ message, code, operation, hint }: WorkerError): Error {
  if (operation !== undefined)
    return new TcError(message, { code: (code as ErrorCode | undefined) ?? 'IMAGE_STORE', operation, hint });
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
