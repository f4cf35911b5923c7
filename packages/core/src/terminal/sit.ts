/** Sits down at a container: what is typed goes to it, what it shows comes here. */
import type { TerminalSize } from '@tc/linux';
import { DetachKeys } from './detach-keys.ts';
import { openInput } from './input.ts';
import { ownSize } from './raw.ts';
import { openSink } from './sink.ts';

/** What one sits at: an exec's terminal, a container's, an attachment. */
export interface Seat {
  /** Ends with the container, or with EIO, which is how a terminal ends: pty(7). */
  readonly output: AsyncIterable<Uint8Array>;
  readonly errorOutput?: AsyncIterable<Uint8Array>;
  /** Where it takes input. Settles when the kernel has all of it. */
  write?(bytes: Uint8Array): Promise<void>;
  /** Where it has a terminal. */
  resize?(size: TerminalSize): void;
}

export interface Sitting {
  /** Whether stdin goes to it. */
  readonly interactive: boolean;
  readonly detachKeys?: Uint8Array;
  /** Ends the sitting. */
  readonly signal?: AbortSignal;
}

/** `gone`: nobody reads our output any more. */
export type Leaving = 'ended' | 'detached' | 'gone';

/** More of what is typed is not read before the container has taken some: enough for the keys that detach. */
const mostPending = 2 ** 20;

export async function sit(seat: Seat, { interactive, detachKeys, signal }: Sitting): Promise<Leaving> {
  const { promise: left, resolve: leave } = Promise.withResolvers<Leaving>();
  const leaveDetached = () => leave('detached');
  signal?.addEventListener('abort', leaveDetached);
  const streams = [show(seat.output, 1)];
  if (seat.errorOutput !== undefined) streams.push(show(seat.errorOutput, 2));
  Promise.all(streams).then(
    () => leave('ended'),
    () => leave('gone'),
  );
  using _size = followSize(seat);
  using _input = interactive ? typeInto(seat, detachKeys ?? new Uint8Array(), leaveDetached) : undefined;
  try {
    return await left;
  } finally {
    signal?.removeEventListener('abort', leaveDetached);
  }
}

/** @throws where it can't be written */
async function show(output: AsyncIterable<Uint8Array>, fd: 1 | 2): Promise<void> {
  const sink = openSink(fd);
  try {
    for await (const bytes of tillEnd(output)) await sink.write(bytes);
  } finally {
    sink.close();
  }
}

async function* tillEnd(output: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* output;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EIO', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(code)) throw error;
  }
}

function typeInto(seat: Seat, keys: Uint8Array, detach: () => void): Disposable {
  const input = openInput();
  const parser = new DetachKeys(keys);
  let pending = 0;
  input.on('data', (typed: Buffer) => {
    const { pass, detach: isDetached } = parser.push(typed);
    if (pass.length > 0) {
      pending += pass.length;
      if (pending > mostPending) input.pause();
      const taken = () => {
        pending -= pass.length;
        if (pending <= mostPending && !input.destroyed) input.resume();
      };
      // What can't be written any more is no loss: the end follows.
      (seat.write?.(pass) ?? Promise.resolve()).then(taken, taken);
    }
    if (isDetached) detach();
  });
  return { [Symbol.dispose]: () => void input.destroy() };
}

function followSize(seat: Seat): Disposable {
  const resize = () => {
    const size = ownSize();
    try {
      if (size !== undefined) seat.resize?.(size);
    } catch {
      // It has just ended.
    }
  };
  resize();
  process.on('SIGWINCH', resize);
  process.on('SIGCONT', resize);
  return {
    [Symbol.dispose]() {
      process.off('SIGWINCH', resize);
      process.off('SIGCONT', resize);
    },
  };
}
