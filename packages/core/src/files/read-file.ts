import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Pin } from '@tc/linux';
import { typeOf } from './entry.ts';
import { notAFile, tooLarge } from './failures.ts';

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
const pieceBytes = 2 ** 20;

/** Opens a file that was looked at: only a regular one, so that nothing happens by that. */
export async function openRegular(pin: Pin, operation: string, path: string): Promise<FileHandle> {
  const type = typeOf(pin.stats());
  if (type !== 'file') throw notAFile(operation, path, type);
  return await open(pin.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

/** Its pieces as they are read; each is overwritten by the next. */
export async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  const { size } = await file.stat();
  // Files of /proc say that they are empty.
  const buffer = Buffer.allocUnsafe(Math.min(Math.max(size + 1, 4096), pieceBytes));
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

export async function readAll(
  pin: Pin,
  maxBytes: number,
  operation: string,
  path: string,
): Promise<Buffer<ArrayBuffer>> {
  const file = await openRegular(pin, operation, path);
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of piecesOf(file)) {
      length += piece.length;
      if (length > maxBytes) throw tooLarge(`it has more than ${maxBytes} bytes`, operation, path);
      pieces.push(Buffer.from(piece));
    }
    return Buffer.concat(pieces);
  } finally {
    await file.close();
  }
}
