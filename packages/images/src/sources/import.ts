/** Images made of a file tree: a tar archive, or a directory. */
import { constants, createReadStream, statSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { TcError } from '@tc/linux';
import { addNewImage, noSettings, ociLayerType } from '../oci/build-image.ts';
import type { ImageSettings } from '../oci/image-config.ts';
import type { Platform } from '../oci/platform.ts';
import { walkMerged } from '../out/merged-tree.ts';
import { tarOf } from '../out/tar-stream.ts';
import { Ingest, type IngestOptions } from '../store/ingest.ts';
import type { ImageRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { compressionOf } from '../unpack/decompress.ts';
import { beginningOf } from '../unpack/unpack-file.ts';

export interface ImportOptions extends IngestOptions {
  /** How containers of it are run. */
  readonly settings?: Partial<ImageSettings> | undefined;
  readonly platform?: Platform | undefined;
  /** For its history. */
  readonly comment?: string | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export type ImportSource = string | AsyncIterable<Uint8Array>;

/** @param source the path of an archive or of a directory, or an archive's bytes @param names whole ones */
export async function importImage(
  store: Store,
  source: ImportSource,
  names: readonly string[],
  options: ImportOptions,
): Promise<ImageRecord> {
  const operation = typeof source === 'string' ? `import ${source}` : 'import an archive';
  const archive = toArchive(source, operation, options.signal);
  await using ingest = await Ingest.begin(store, operation, options);
  return await ingest.attempt(async () => {
    ingest.prepareToUnpack();
    const { blob, diffId } = await addArchive(ingest, archive, options);
    const mediaType = ociLayerType(compressionOf(beginningOf(store.layout.blob(blob.digest)).start));
    const createdAt = new Date();
    const comment = options.comment ?? (typeof source === 'string' ? `imported from ${source}` : 'imported');
    return await addNewImage(
      ingest,
      {
        settings: { ...noSettings, ...options.settings },
        layers: [{ ...blob, diffId, mediaType }],
        history: [{ createdAt, createdBy: undefined, comment, emptyLayer: false }],
        createdAt,
        ...(options.platform && { platform: options.platform }),
      },
      names,
    );
  });
}

/** Of a file the kernel makes a copy, and shares its blocks where the file system can (FICLONE). */
async function addArchive(
  ingest: Ingest,
  archive: string | AsyncIterable<Uint8Array>,
  { signal, onBytes }: ImportOptions,
) {
  if (typeof archive !== 'string') {
    const blob = await ingest.addBlob(archive, {}, onBytes);
    const { diffId } = await ingest.addLayer(blob.digest);
    return { blob, diffId };
  }
  const path = ingest.newPath();
  await copyFile(archive, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  signal?.throwIfAborted();
  await chmod(path, 0o600); // it has the mode of the archive
  onBytes?.(statSync(path).size);
  return ingest.addLayerFile(path); // which has it on the disk before it is a blob: syncfs(2)
}

/** @returns the path of an archive, or its bytes */
function toArchive(
  source: ImportSource,
  operation: string,
  signal: AbortSignal | undefined,
): string | AsyncIterable<Uint8Array> {
  if (typeof source !== 'string') return source;
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new TcError('no such file or directory', {
      code: 'SOURCE_NOT_FOUND',
      operation,
      path: source,
      hint: 'Give a tar archive, or a directory that is a root file system.',
    });
  }
  if (stats.isDirectory()) return tarOf(walkMerged([source]), { signal });
  if (stats.isFile()) return source;
  return createReadStream(source, { highWaterMark: 1 << 20, ...(signal && { signal }) });
}
