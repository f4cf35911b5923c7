import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TcError } from '@tc/linux';

export interface Expected {
  readonly digest?: string | undefined;
  readonly size?: number | undefined;
}

export interface Written {
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes a new file, hashes it as it goes by, and has it on the disk at the end.
 * @throws TcError BLOB_MISMATCH where it is not what it should be; no more than `expected.size` bytes are written
 */
export async function writeBlobFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  expected: Expected,
  onBytes?: (bytes: number) => void,
): Promise<Written> {
  const file = await open(path, 'wx', 0o600);
  try {
    return await fill(file, source, expected, onBytes);
  } finally {
    await file.close();
  }
}

async function fill(
  file: FileHandle,
  source: AsyncIterable<Uint8Array>,
  expected: Expected,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<Written> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (expected.size !== undefined && size > expected.size)
      throw mismatch(expected, `there are more than ${expected.size} bytes`);
    hash.update(chunk);
    for (let rest = chunk; rest.length > 0; ) rest = rest.subarray((await file.write(rest)).bytesWritten);
    onBytes?.(chunk.length);
  }
  const written = { digest: `sha256:${hash.digest('hex')}`, size };
  checkExpected(written, expected);
  await file.sync();
  return written;
}

/** @throws TcError BLOB_MISMATCH */
export function checkExpected(written: Written, expected: Expected): void {
  if (expected.size !== undefined && written.size !== expected.size)
    throw mismatch(expected, `there are ${written.size} bytes, not ${expected.size}`);
  if (expected.digest !== undefined && written.digest !== expected.digest)
    throw mismatch(expected, `its digest is ${written.digest}`);
}

function mismatch({ digest = 'a blob' }: Expected, problem: string): TcError {
  return new TcError(problem, {
    code: 'BLOB_MISMATCH',
    operation: `receive ${digest}`,
    hint: 'It was damaged or changed on its way: nothing of it is kept. Try again.',
  });
}

/** What is in a file now. */
export async function digestOfFile(path: string): Promise<Written> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** A small blob as text. @throws TcError IMAGE_INVALID where it is a large one */
export function readSmallBlob(path: string, maxBytes: number): string {
  const fd = openSync(path, 'r');
  try {
    if (fstatSync(fd).size > maxBytes) {
      throw new TcError(`it has more than ${maxBytes} bytes`, {
        code: 'IMAGE_INVALID',
        operation: `read ${path}`,
        path,
      });
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
