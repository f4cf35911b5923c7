import { TcError } from '@tc/linux';
import type { Frame } from '../frames/frame.ts';
import { Cursor } from './cursor.ts';
import { FrameDecoder } from './decode-frame.ts';
import { damaged, recordingError } from './errors.ts';
import { decodeEvent, type RecordedEvent } from './event.ts';
import { type FileIndex, indexFile } from './file-index.ts';
import { openRecord, recordKinds } from './format.ts';
import { type PlacedRecord, RecordFile } from './record-file.ts';
import { readSchema } from './schema.ts';
import { Walk } from './walk.ts';
import { whenChanged } from './when-changed.ts';

export interface ReadRecordingOptions {
  /** Default: the first frame. */
  readonly from?: Date;
  /** Default: the last frame. */
  readonly to?: Date;
  /** Wait for what is still being recorded. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

export type RecordingEntry =
  | { readonly frame: Frame; readonly event?: undefined }
  | { readonly event: RecordedEvent; readonly frame?: undefined };

/** A file of frames, made by `Recorder`. What is damaged in it is skipped and counted. */
export class Recording implements AsyncDisposable {
  readonly path: string;
  readonly #file: RecordFile;
  readonly #index: FileIndex;
  /** How many records could not be read so far. */
  damagedRecords = 0;

  constructor(file: RecordFile, index: FileIndex) {
    this.path = file.path;
    this.#file = file;
    this.#index = index;
  }

  /** When the first frame was recorded. */
  get from(): Date {
    return new Date(this.#index.fromMs);
  }

  /** When the last one was, as the file was when it was opened. */
  get to(): Date {
    return new Date(this.#index.toMs);
  }

  /** How many there are between the two. */
  get frameCount(): number {
    return this.#index.frames;
  }

  /** What is left, at its end, of a record whose writer was killed, or is at it. */
  get tornBytes(): number {
    return this.#index.tornBytes;
  }

  /** The frame that was the newest at a time, or the first. Undefined where all that it needs is damaged. */
  async seek(time: Date): Promise<Frame | undefined> {
    let newest: Frame | undefined;
    for (let place = this.#keyFrameBefore(time); place >= 0 && newest === undefined; place--) {
      for await (const { frame } of this.#entries(place, {})) {
        if (frame === undefined) continue;
        if (frame.time > time && newest !== undefined) break;
        newest = frame;
        if (frame.time >= time) break;
      }
    }
    return newest;
  }

  /** Frames in their order. */
  async *frames(options: ReadRecordingOptions = {}): AsyncGenerator<Frame, void> {
    for await (const { frame } of this.entries(options)) if (frame !== undefined) yield frame;
  }

  /** Frames and marks in the order in which they were recorded. */
  async *entries({
    from,
    to,
    follow = false,
    signal,
  }: ReadRecordingOptions = {}): AsyncGenerator<RecordingEntry, void> {
    const first = from === undefined ? 0 : this.#keyFrameBefore(from);
    for await (const entry of this.#entries(first, { follow, ...(signal === undefined ? {} : { signal }) })) {
      const { time } = entry.frame ?? entry.event;
      if (from !== undefined && time < from) continue;
      if (to !== undefined && time > to) {
        if (entry.frame === undefined) continue; // its time is of when it happened
        return;
      }
      yield entry;
    }
  }

  /** All marks, or at most the first 100,000. */
  async events(): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (const record of this.#index.events) {
      const event = await this.#attempt(async () => decodeEvent(await this.#read(record), record.timeMs));
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #keyFrameBefore(time: Date): number {
    return Math.max(
      0,
      this.#index.keyFrames.findLastIndex(({ timeMs }) => timeMs <= time.getTime()),
    );
  }

  async *#entries(
    first: number,
    { follow = false, signal }: Pick<ReadRecordingOptions, 'follow' | 'signal'>,
  ): AsyncGenerator<RecordingEntry, void> {
    const start = this.#index.keyFrames[first];
    if (start === undefined) return;
    const walk = new Walk(this.#file);
    walk.moveTo(start.schemaAt);
    let decoder: FrameDecoder | undefined;
    let isWhole = false;
    let atSchema = true;
    let damages = 0;
    for (;;) {
      signal?.throwIfAborted();
      const size = await this.#file.size();
      const record = await walk.next(size);
      if (record === undefined) {
        if (!follow) return;
        this.#file.forget();
        await whenChanged(this.path, this.#file.handle, size, signal);
        continue;
      }
      const body = await this.#attempt(() => this.#read(record));
      if (body === undefined || walk.damages > damages) {
        damages = walk.damages;
        isWhole = false; // whatever it was, what comes up to the next key frame may need it
      }
      if (body === undefined) continue;
      const { kind, timeMs } = record;
      if (kind === recordKinds.schema) {
        decoder = await this.#attempt(() => new FrameDecoder(readSchema(new Cursor(body))));
        isWhole = false;
        if (atSchema) walk.moveTo(start.at);
        atSchema = false;
      } else if (kind === recordKinds.event) {
        const event = await this.#attempt(() => decodeEvent(body, timeMs));
        if (event !== undefined) yield { event };
      } else if (kind === recordKinds.keyFrame || (kind === recordKinds.frame && isWhole)) {
        if (kind === recordKinds.keyFrame) decoder?.reset();
        const frame = await this.#attempt(() => decoder?.decode(body, timeMs));
        isWhole = frame !== undefined;
        if (frame !== undefined) yield { frame };
      }
    }
  }

  async #read(record: PlacedRecord): Promise<Buffer> {
    const bytes = await this.#file.read(record);
    if (bytes.length < record.bytes) throw damaged('the file has become shorter');
    return openRecord(bytes);
  }

  async #attempt<T>(read: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TcError) || error.code !== 'RECORDING_DAMAGED') throw error;
      this.damagedRecords += 1;
      return undefined;
    }
  }
}

/**
 * Opens a recording, also one that is being made.
 * @throws TcError RECORDING_NOT_FOUND, RECORDING_UNREADABLE, RECORDING_NOT_ONE, RECORDING_VERSION, RECORDING_EMPTY
 */
export async function openRecording(path: string): Promise<Recording> {
  const file = await RecordFile.open(path);
  try {
    const index = await indexFile(file);
    if (index === undefined)
      throw recordingError(`there is no frame in ${JSON.stringify(path)}`, 'RECORDING_EMPTY', { path });
    return new Recording(file, index);
  } catch (error) {
    await file.close();
    throw error;
  }
}
