import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ElfError } from './elf-error.ts';

/** Random access to the bytes of one file. */
export interface ByteSource {
  /** Named in errors. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The bytes from `offset` on: exactly `length`, or fewer at the end of the file. */
  read(offset: number, length: number): Buffer;
}

/** A source that is already in memory. */
export function bufferSource(bytes: Uint8Array, path = '<memory>'): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    path,
    sizeBytes: buffer.length,
    read: (offset, length) => buffer.subarray(offset, offset + length),
  };
}

/**
 * Opens a regular file, reads only the ranges that `use` asks for, and closes it.
 * @throws ElfError `ELF_UNREADABLE` when the system refuses, or when it is no regular file
 */
export function withFileSource<T>(path: string, use: (source: ByteSource) => T): T {
  const fd = guard(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    // O_NONBLOCK, and this check: a FIFO or a tape in PATH must not make us wait (open(2)).
    const stats = guard(path, () => fstatSync(fd));
    if (!stats.isFile()) throw new ElfError('ELF_UNREADABLE', path, 'not a regular file');
    return use({
      path,
      sizeBytes: stats.size,
      read: (offset, length) => guard(path, () => pread(fd, offset, length)),
    });
  } finally {
    closeSync(fd);
  }
}

function pread(fd: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ElfError) throw error;
    throw new ElfError('ELF_UNREADABLE', path, error instanceof Error ? error.message : String(error), error);
  }
}
