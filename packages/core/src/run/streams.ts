import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
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

/** Real pipes, as a shell makes them: the container can open /dev/stdout again, and a write is atomic. */
export function openStreams(options: RunOptions): Streams {
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

/** Of a number, or of a stream that stands for one: a file, a pipe, a socket, `process.stdout`. */
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

  constructor(stream: Socket | undefined, limitBytes: number, onOverflow: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    if (stream === undefined) {
      resolve();
      return;
    }
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
