import { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { TcError } from '@tc/linux';
import type { Compression } from '../oci/media-types.ts';

const magics: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** Since 22.15, and 23.8: https://nodejs.org/api/zlib.html */
const readsZstd = (): boolean => zlib.createZstdDecompress !== undefined;

/**
 * By the first bytes, as Docker does: what a manifest says is not always so.
 * @throws TcError COMPRESSION_UNSUPPORTED
 */
export function compressionOf(start: Uint8Array): Compression {
  const name = magics.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0];
  if (name === undefined) return 'none';
  if (name === 'gzip' || (name === 'zstd' && readsZstd())) return name;
  throw new TcError(`it is compressed with ${name}`, {
    code: 'COMPRESSION_UNSUPPORTED',
    operation: 'read the archive',
    hint: `Node.js ${process.version} can read gzip${readsZstd() ? ' and zstd' : ', and zstd from 22.15 on'}. Pipe it in: ${name} -dc FILE | tctl import - NAME`,
  });
}

const chunkSize = 1 << 18;

export function decompressor(compression: Compression): Transform {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize });
  if (compression === 'zstd') return zlib.createZstdDecompress({ chunkSize });
  return new Transform({ transform: (chunk, _, done) => done(null, chunk) });
}

/** A stream's first bytes tell how it is compressed; it is then read from its beginning. */
export async function startOf(
  source: AsyncIterable<Uint8Array>,
): Promise<{ first: Buffer; all: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < 8) {
    const { value, done } = await iterator.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  const all = (async function* () {
    yield first;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) return;
      yield value;
    }
  })();
  return { first, all };
}

/** Has what zlib refuses say what was being read; any other error stays as it is. */
export function decompressionError(error: unknown, compression: string): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (!/^Z_|^ZSTD_|^ERR_ZLIB|^ERR_BUFFER/.test(code)) return error;
  return new TcError((error as Error).message, {
    code: 'TAR_COMPRESSION',
    operation: `read the archive as ${compression}`,
    hint: 'It is damaged.',
    cause: error,
  });
}
