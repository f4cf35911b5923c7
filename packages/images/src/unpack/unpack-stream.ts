import { pipeline } from 'node:stream/promises';
import { TarParser } from '../tar/parser.ts';
import { compressionOf, decompressionError, decompressor, startOf } from './decompress.ts';
import { defaultRules, type UnpackReport, type UnpackRules } from './rules.ts';
import { TreeWriter } from './tree-writer.ts';

/**
 * Unpacks a tar archive as it comes: plain, gzip or zstd. Its members are not trusted: no name, and no link that it
 * brings, leads out of the directory.
 * @param source bytes @param directory an empty one, which nobody else may look into meanwhile
 * @param rules default: names of whiteouts are names like others, and devices are left out
 * @throws TcError TAR_INVALID, TAR_TRUNCATED, TAR_UNSUPPORTED, TAR_COMPRESSION, COMPRESSION_UNSUPPORTED, LAYER_ESCAPES,
 * LAYER_INVALID, LAYER_TOO_LARGE, LAYER_CONFLICT; the signal's reason
 */
export async function unpackStream(
  source: AsyncIterable<Uint8Array>,
  directory: string,
  rules: Partial<UnpackRules> = {},
  signal?: AbortSignal,
): Promise<UnpackReport> {
  signal?.throwIfAborted();
  using writer = new TreeWriter(directory, { ...defaultRules, whiteouts: 'tree', ...rules });
  const parser = new TarParser(writer);
  const { first, all } = await startOf(source);
  const compression = compressionOf(first);
  const take = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) parser.write(chunk);
  };
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const unpacked = pipeline(all, decompressor(compression), take, { signal });
  try {
    // The pipeline itself ends when its source does, which may never send anything more.
    await Promise.race([unpacked, aborted]);
  } catch (error) {
    throw decompressionError(error, compression);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  parser.finish();
  writer.finishDirectories();
  return writer.report;
}
