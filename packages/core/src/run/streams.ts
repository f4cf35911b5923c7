import { closeSync, fchownSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipe } from '@tc/linux';
import { invalid } from './invalid.ts';
import type { RunOptions, Stream } from './options.ts';

/** The container's standard streams: what the supervisor is spawned with, and our ends of the pipes. */
export interface Streams {
  readonly stdio: readonly [number, number, number];
  readonly stdin: Socket | undefined;
  readonly stdout: Socket | undefined;
  readonly stderr: Socket | undefined;
  /** To be called once the supervisor has its ends, or was not started. */
  closeTheirEnds(): void;
}

export type StreamOptions = Pick<RunOptions, 'stdin' | 'stdout' | 'stderr' | 'input' | 'tty'>;

/** All three ignored: what a terminal or a log takes the place of. */
export const noStreams: StreamOptions = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' };

/**
 * Real pipes, as a shell makes them: the container can open /dev/stdout again, and a write is atomic.
 * @param owner who is to have them
 */
export function openStreams(given: StreamOptions, owner?: number): Streams {
  if (given.tty) refuseStreams(given);
  const options = given.tty ? noStreams : given;
  const theirs: number[] = [];
  const ours: Socket[] = [];
  const closeTheirEnds = () => {
    for (const fd of theirs.splice(0)) closeSync(fd);
  };
  const open = (stream: Stream<unknown>, index: 0 | 1 | 2): [number, Socket | undefined] => {
    if (stream === 'inherit') return [index, undefined];
    if (stream === 'ignore') {
      const fd = openSync('/dev/null', 'r+');
      theirs.push(fd);
      return [fd, undefined];
    }
    if (stream !== 'pipe') return [descriptorOf(stream, index), undefined];
    const { read, write } = pipe();
    const [their, our] = index === 0 ? [read, write] : [write, read];
    theirs.push(their);
    if (owner !== undefined && process.geteuid?.() === 0) fchownSync(their, owner, -1);
    const socket = new Socket({ fd: our, readable: index !== 0, writable: index === 0 });
    ours.push(socket);
    return [their, socket];
  };
  try {
    const [stdin, stdinEnd] = open(options.stdin ?? (options.input === undefined ? 'ignore' : 'pipe'), 0);
    const [stdout, stdoutEnd] = open(options.stdout ?? 'pipe', 1);
    const [stderr, stderrEnd] = open(options.stderr ?? 'pipe', 2);
    return {
      stdio: [stdin, stdout, stderr],
      stdin: stdinEnd,
      stdout: stdoutEnd,
      stderr: stderrEnd,
      closeTheirEnds,
    };
  } catch (error) {
    closeTheirEnds();
    for (const socket of ours) socket.destroy();
    throw error;
  }
}

/** With a terminal all three are it: what it shows is collected (`pipe`) or left to the caller (`ignore`). */
function refuseStreams(options: StreamOptions): void {
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    if (['pipe', 'ignore', undefined].includes(options[name] as string | undefined)) continue;
    const hint = 'Leave it out, and read and write the terminal: `terminal` of what run() or exec() returns.';
    invalid(`a terminal takes the place of ${name}`, `connect ${name}`, hint);
  }
}

/** Of a number, or of a stream that shows one: a file that is open, `process.stdout`. */
function descriptorOf(stream: unknown, index: number): number {
  const fd = typeof stream === 'object' && stream !== null && 'fd' in stream ? stream.fd : stream;
  if (typeof fd === 'number' && Number.isInteger(fd) && fd >= 0) return fd;
  const name = ['stdin', 'stdout', 'stderr'][index];
  const hint =
    "Give 'pipe', 'inherit', 'ignore', a descriptor, or a stream that has one (its `fd`, once it is open).";
  invalid(`${name} has no file descriptor`, `connect ${name}`, hint);
}

/** Everything that a stream gives, up to a limit. */
export class Collector {
  readonly #chunks: Buffer[] = [];
  #length = 0;
  /** More came than was to be kept. */
  truncated = false;
  /** Settles when the stream has ended. */
  readonly done: Promise<void>;

  constructor(source: Readable | Promise<Readable> | undefined, limitBytes: number, onOverflow: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    if (source instanceof Promise)
      source.then((stream) => this.#collect(stream, limitBytes, onOverflow, resolve), resolve);
    else if (source === undefined) resolve();
    else this.#collect(source, limitBytes, onOverflow, resolve);
  }

  #collect(stream: Readable, limitBytes: number, onOverflow: () => void, resolve: () => void): void {
    stream.on('data', (chunk: Buffer) => {
      const room = limitBytes - this.#length;
      if (chunk.length > room) {
        if (!this.truncated) onOverflow();
        this.truncated = true;
      }
      if (room <= 0) return; // keep reading: a writer that blocks could not be told from one that hangs
      this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      this.#length += Math.min(chunk.length, room);
    });
    stream.once('close', () => resolve());
    stream.on('error', () => {}); // 'close' follows
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
