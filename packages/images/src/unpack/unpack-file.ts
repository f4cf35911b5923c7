/** Unpacks one blob into one directory, in this thread. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { syncFileSystem, TcError } from '@tc/linux';
import type { Written } from '../store/blob-file.ts';
import { TarParser } from '../tar/parser.ts';
import { compressionOf, decompressionError, decompressor } from './decompress.ts';
import { layerError, ratioFromBytes, type UnpackReport, type UnpackRules } from './rules.ts';
import { TreeWriter } from './tree-writer.ts';

export interface UnpackJob {
  readonly blob: string;
  /** An empty directory. */
  readonly directory: string;
  readonly rules: UnpackRules;
  /** The digest of the uncompressed archive, where it is known. */
  readonly diffId?: string | undefined;
  /** Where the blob was not hashed yet: it is read once for both. */
  readonly hashBlob?: boolean | undefined;
}

export interface Unpacked extends UnpackReport {
  readonly diffId: string;
  /** With `hashBlob`. */
  readonly blob?: Written | undefined;
}

/** @throws TcError of the parser, the writer; BLOB_MISMATCH; TAR_COMPRESSION */
export async function unpackFile(
  { blob, directory, rules, diffId, hashBlob = false }: UnpackJob,
  onBytes: (compressedBytes: number) => void = () => {},
): Promise<Unpacked> {
  const { start, size } = beginningOf(blob);
  const compression = compressionOf(start);
  const limit = size * rules.maxRatio;
  const hash = createHash('sha256');
  using writer = new TreeWriter(directory, rules);
  const parser = new TarParser(writer);
  let total = 0;
  const take = (chunk: Buffer) => {
    hash.update(chunk);
    parser.write(chunk);
  };
  const blobHash = hashBlob && compression !== 'none' ? createHash('sha256') : undefined;
  if (compression === 'none') {
    readWhole(blob, (chunk) => {
      onBytes(chunk.length);
      take(chunk);
    });
  } else {
    const source = createReadStream(blob, { highWaterMark: readBytes });
    source.on('data', (chunk) => {
      onBytes(chunk.length);
      blobHash?.update(chunk);
    });
    await pipeline(source, decompressor(compression), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        total += chunk.length;
        if (total > Math.max(limit, ratioFromBytes))
          throw layerError(`it becomes more than ${rules.maxRatio} times as large`, 'LAYER_TOO_LARGE');
        take(chunk);
      }
    }).catch((error) => {
      throw decompressionError(error, compression);
    });
  }
  parser.finish();
  const digest = `sha256:${hash.digest('hex')}`;
  if (diffId !== undefined && digest !== diffId) throw wrongDigest(digest, diffId);
  writer.finishDirectories();
  const directoryFd = openSync(directory, 'r');
  try {
    syncFileSystem(directoryFd);
  } finally {
    closeSync(directoryFd);
  }
  const blobDigest = blobHash === undefined ? digest : `sha256:${blobHash.digest('hex')}`;
  return { ...writer.report, diffId: digest, ...(hashBlob && { blob: { digest: blobDigest, size } }) };
}

const readBytes = 1 << 20;

/** In one buffer, and without waiting: the thread has nothing else to do, and no buffers are thrown away. */
function readWhole(path: string, take: (chunk: Buffer) => void): void {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    for (;;) {
      const length = readSync(fd, buffer, 0, readBytes, null);
      if (length === 0) return;
      take(buffer.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}

/** The first bytes of a file, and how many it has. */
export function beginningOf(path: string): { readonly start: Buffer; readonly size: number } {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(8);
    return { start: start.subarray(0, readSync(fd, start, 0, start.length, 0)), size: fstatSync(fd).size };
  } finally {
    closeSync(fd);
  }
}

function wrongDigest(digest: string, diffId: string): TcError {
  return new TcError(`its digest is ${digest}`, {
    code: 'BLOB_MISMATCH',
    operation: `unpack the layer ${diffId}`,
    hint: 'The image’s configuration says another: nothing of it is kept.',
  });
}
