import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { recordingError } from './errors.ts';
import {
  fileHeadBytes,
  fileMagic,
  formatVersion,
  prefixBytes,
  type RecordHead,
  readRecordHead,
  recordHeadBytes,
  recordMagic,
} from './format.ts';

const pieceBytes = 256 * 1024;
const headBytes = recordHeadBytes + prefixBytes;
/** A file made for it could have a head of a long record at every few bytes, and each would have to be read. */
const mostSearchedBytes = 256 << 20;

export interface PlacedRecord extends RecordHead {
  readonly at: number;
}

/** The records of a file that may be anything, and that another process may append to. */
export class RecordFile implements AsyncDisposable {
  readonly path: string;
  readonly handle: FileHandle;
  #piece: Buffer = Buffer.alloc(0);
  #pieceAt = 0;
  #searchedBytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** @throws TcError RECORDING_NOT_FOUND, RECORDING_UNREADABLE, RECORDING_NOT_ONE, RECORDING_VERSION */
  static async open(path: string): Promise<RecordFile> {
    let handle: FileHandle;
    try {
      // So that a FIFO is not waited for: fifo(7).
      handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code !== 'ENOENT';
      throw recordingError(
        isThere ? (error as Error).message : `there is no ${JSON.stringify(path)}`,
        isThere ? 'RECORDING_UNREADABLE' : 'RECORDING_NOT_FOUND',
        { path, cause: error },
      );
    }
    const file = new RecordFile(path, handle);
    try {
      await file.checkHead();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return file;
  }

  /** For who has opened it already, to write. */
  static of(path: string, handle: FileHandle): RecordFile {
    return new RecordFile(path, handle);
  }

  /** @throws TcError RECORDING_NOT_ONE, RECORDING_VERSION */
  async checkHead(): Promise<void> {
    const { path } = this;
    const head = (await this.handle.stat()).isFile() ? await this.#read(0, fileHeadBytes) : Buffer.alloc(0);
    if (head.length < fileHeadBytes || !head.subarray(0, fileMagic.length).equals(fileMagic))
      throw recordingError(`${JSON.stringify(path)} is no recording`, 'RECORDING_NOT_ONE', { path });
    const version = head.readUInt32LE(fileMagic.length);
    if (version === formatVersion) return;
    const hint = version > formatVersion ? 'A newer tctl has made it.' : 'An older tctl has made it.';
    throw recordingError(`a recording of version ${version} can't be read`, 'RECORDING_VERSION', {
      path,
      hint,
    });
  }

  async size(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** What the record says of itself. @returns undefined where there is none, or not all of it */
  async headAt(at: number, size: number): Promise<PlacedRecord | undefined> {
    const head = readRecordHead(await this.#cached(at, headBytes));
    return head === undefined || at + head.bytes > size ? undefined : { at, ...head };
  }

  /** The whole record. */
  async read({ at, bytes }: PlacedRecord): Promise<Buffer> {
    return this.#read(at, bytes);
  }

  /** The first record from a place on whose checksum is right. @returns undefined where there is none */
  async findFrom(from: number, size: number): Promise<PlacedRecord | undefined> {
    for (let at = from; at + headBytes <= size; ) {
      const piece = await this.#read(at, Math.min(pieceBytes, size - at));
      for (
        let found = piece.indexOf(recordMagic);
        found !== -1;
        found = piece.indexOf(recordMagic, found + 1)
      ) {
        const record = await this.headAt(at + found, size);
        if (record === undefined) continue;
        this.#searchedBytes += record.bytes;
        if (this.#searchedBytes > mostSearchedBytes) return undefined;
        if (await this.isWhole(record)) return record;
      }
      if (piece.length < recordMagic.length) return undefined;
      at += piece.length - recordMagic.length + 1;
    }
    return undefined;
  }

  async isWhole(record: PlacedRecord): Promise<boolean> {
    const bytes = await this.read(record);
    return bytes.length === record.bytes && crc32(bytes.subarray(recordHeadBytes)) === bytes.readUInt32LE(8);
  }

  /** What was read may have been written anew. */
  forget(): void {
    this.#piece = Buffer.alloc(0);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #cached(at: number, bytes: number): Promise<Buffer> {
    const offset = at - this.#pieceAt;
    if (offset >= 0 && offset + bytes <= this.#piece.length)
      return this.#piece.subarray(offset, offset + bytes);
    this.#piece = await this.#read(at, pieceBytes);
    this.#pieceAt = at;
    return this.#piece.subarray(0, bytes);
  }

  async #read(at: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(bytes);
    try {
      let length = 0;
      while (length < bytes) {
        const { bytesRead } = await this.handle.read(buffer, length, bytes - length, at + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } catch (error) {
      throw recordingError((error as Error).message, 'RECORDING_UNREADABLE', {
        path: this.path,
        cause: error,
      });
    }
  }
}
