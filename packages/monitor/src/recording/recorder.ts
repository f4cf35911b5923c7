import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { flock, miscConstants } from '@tc/linux';
import type { Frame } from '../frames/frame.ts';
import { ByteWriter } from './byte-writer.ts';
import { FrameEncoder } from './encode-frame.ts';
import { recordingError } from './errors.ts';
import { encodeEvent, type RecordedEvent } from './event.ts';
import { fileHead, fileHeadBytes, longestRecord, recordKinds, sealRecord } from './format.ts';
import { RecordFile } from './record-file.ts';
import { writeSchema } from './schema.ts';
import { Walk } from './walk.ts';

export interface RecorderOptions {
  /** A frame of so many tells everything, and not only what has changed: a reader may begin there. Default 60. */
  readonly keyEvery?: number;
}

const operation = 'record';

/**
 * Writes frames to a file, at its end only: whatever kills it, what it has written can be read. A file that is a
 * recording already goes on after its last whole record; anything else is left alone.
 */
export class Recorder implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #keyEvery: number;
  #encoder: FrameEncoder | undefined;
  /** Where the next record goes. */
  #end: number;
  /** Infinity: the next one has to be a key frame. */
  #sinceKey = Number.POSITIVE_INFINITY;
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(path: string, handle: FileHandle, end: number, keyEvery: number) {
    this.path = path;
    this.#handle = handle;
    this.#end = end;
    this.#keyEvery = keyEvery;
  }

  /** @throws TcError RECORDING_IN_USE, RECORDING_NOT_ONE, RECORDING_VERSION, RECORDING_WRITE */
  static async open(path: string, { keyEvery = 60 }: RecorderOptions = {}): Promise<Recorder> {
    let handle: FileHandle;
    try {
      handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
    } catch (error) {
      throw writeError(path, error);
    }
    try {
      return new Recorder(path, handle, await prepare(path, handle), Math.max(1, keyEvery));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Length of the file. */
  get bytes(): number {
    return this.#end;
  }

  /** Resolves when the kernel has it. @throws TcError RECORDING_WRITE, RECORDING_CLOSED */
  add(frame: Frame): Promise<void> {
    return this.#next(async () => {
      const isKey = this.#sinceKey >= this.#keyEvery;
      const timeMs = frame.time.getTime();
      let encoder = this.#encoder;
      if (encoder === undefined || (isKey && encoder.isTooCoarseFor(frame)))
        encoder = await this.#begin(frame);
      else if (isKey) encoder.reset();
      const sinceKey = isKey ? 0 : this.#sinceKey;
      // Until it is written, what the encoder knows is more than what a reader will.
      this.#sinceKey = Number.POSITIVE_INFINITY;
      const kind = isKey ? recordKinds.keyFrame : recordKinds.frame;
      await this.#append(sealRecord(kind, timeMs, encoder.encode(frame)));
      this.#sinceKey = sinceKey + 1;
      if (isKey) await this.#handle.datasync().catch(() => {}); // what a crash of the machine may take is a minute
    });
  }

  async #begin(frame: Frame): Promise<FrameEncoder> {
    const encoder = new FrameEncoder(frame);
    const writer = new ByteWriter();
    writeSchema(writer, encoder.schema);
    await this.#append(sealRecord(recordKinds.schema, frame.time.getTime(), writer.take()));
    this.#encoder = encoder;
    return encoder;
  }

  /** Adds a mark: an OOM kill, a restart, a change of limits. @throws TcError RECORDING_WRITE, RECORDING_CLOSED */
  mark(event: RecordedEvent): Promise<void> {
    return this.#next(() =>
      this.#append(sealRecord(recordKinds.event, event.time.getTime(), encodeEvent(event))),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #next(act: () => Promise<void>): Promise<void> {
    if (this.#closed)
      return Promise.reject(
        recordingError('it is closed', 'RECORDING_CLOSED', { operation, path: this.path }),
      );
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #append(record: Buffer): Promise<void> {
    if (record.length > longestRecord)
      throw writeError(this.path, new Error('a frame is larger than 16 MiB'));
    try {
      for (let written = 0; written < record.length; ) {
        const left = record.length - written;
        written += (await this.#handle.write(record, written, left, this.#end + written)).bytesWritten;
      }
    } catch (error) {
      await this.#handle.truncate(this.#end).catch(() => {}); // a reader skips what is left
      throw writeError(this.path, error);
    }
    this.#end += record.length;
  }
}

/** @returns where to go on */
async function prepare(path: string, handle: FileHandle): Promise<number> {
  const stat = await handle.stat();
  const file = RecordFile.of(path, handle);
  if (!stat.isFile()) await file.checkHead(); // which says what is wrong
  if (!flock(handle.fd, miscConstants.LOCK_EX | miscConstants.LOCK_NB)) {
    throw recordingError(`somebody else records to ${JSON.stringify(path)}`, 'RECORDING_IN_USE', {
      operation,
      path,
    });
  }
  const { size } = await handle.stat();
  if (size < fileHeadBytes && (await isPartOfHead(handle, size))) {
    await handle.write(fileHead(), 0, fileHeadBytes, 0).catch((error: unknown) => {
      throw writeError(path, error);
    });
    return fileHeadBytes;
  }
  await file.checkHead();
  let end = fileHeadBytes;
  const walk = new Walk(file);
  for (let record = await walk.next(size); record !== undefined; record = await walk.next(size)) {
    if (await file.isWhole(record)) end = record.at + record.bytes;
  }
  await handle.truncate(end);
  return end;
}

/** A new file, or one whose recorder was killed at once. */
async function isPartOfHead(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, 0);
  return fileHead().subarray(0, size).equals(buffer);
}

function writeError(path: string, error: unknown) {
  return recordingError((error as Error).message, 'RECORDING_WRITE', { operation, path, cause: error });
}
