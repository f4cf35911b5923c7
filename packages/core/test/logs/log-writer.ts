/** Writes logs as a supervisor does, for tests. */
import { appendFileSync, closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { logFrameLayout, logMagic } from '../../src/launch/protocol.ts';
import type { LogStream } from '../../src/logs/log-format.ts';

export function logFrame(stream: LogStream, data: string | Uint8Array, time: Date = new Date()): Buffer {
  const bytes = Buffer.from(data as string);
  const header = Buffer.alloc(logFrameLayout.header);
  header.writeUInt32LE(logMagic + (stream === 'stdout' ? 1 : 2), logFrameLayout.magic);
  header.writeUInt32LE(bytes.length, logFrameLayout.length);
  header.writeBigInt64LE(BigInt(Math.floor(time.getTime() / 1e3)), logFrameLayout.time);
  header.writeBigInt64LE(BigInt((time.getTime() % 1e3) * 1e6), logFrameLayout.time + 8);
  return Buffer.concat([header, bytes]);
}

export class LogWriter {
  readonly directory: string;
  #fd: number;

  constructor(directory: string) {
    this.directory = directory;
    this.#fd = this.#open();
  }

  #open(): number {
    return openSync(join(this.directory, 'log'), 'a', 0o600);
  }

  write(stream: LogStream, data: string | Uint8Array, time?: Date): void {
    writeSync(this.#fd, logFrame(stream, data, time));
  }

  raw(bytes: Uint8Array): void {
    appendFileSync(this.#fd, bytes);
  }

  rotate(): void {
    renameSync(join(this.directory, 'log'), join(this.directory, 'log.1'));
    closeSync(this.#fd);
    this.#fd = this.#open();
  }

  close(): void {
    closeSync(this.#fd);
  }
}
