/** A container's changes as one more layer. */
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { addNewImage, noSettings, ociLayerType } from '../oci/build-image.ts';
import type { ImageSettings } from '../oci/image-config.ts';
import { parsePlatform } from '../oci/platform.ts';
import { configOf } from '../store/image-info.ts';
import { Ingest, type IngestOptions } from '../store/ingest.ts';
import type { ImageRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { opaqueMarker, toWhiteouts, walkLayer } from './changes.ts';
import { tarOf } from './tar-stream.ts';
import { type IdShift, usualIds } from './to-entry.ts';

export interface CommitOptions extends IngestOptions {
  /** How containers of it are run; by default as those of the image below. */
  readonly settings?: Partial<ImageSettings> | undefined;
  /** The name of the image below: of several with the same layers it tells which. */
  readonly below?: string | undefined;
  readonly comment?: string | undefined;
  readonly author?: string | undefined;
  /** How the ids on the disk are those that the container sees. Default: root's as they are; an ordinary user is root. */
  readonly ids?: IdShift | undefined;
}

/** @param below the image that the container was made of; undefined: the directory is all there is */
export async function commitLayer(
  store: Store,
  upper: string,
  below: ImageRecord | undefined,
  names: readonly string[],
  options: CommitOptions,
): Promise<ImageRecord> {
  const { signal, ids = usualIds(), comment = 'committed', author } = options;
  await using ingest = await Ingest.begin(store, `commit ${upper}`, options);
  return await ingest.attempt(async () => {
    const tar = tarOf(walkLayer(upper), { ids, signal, translate: toWhiteouts, after: opaqueMarker });
    const blob = await ingest.addBlob(gzipped(tar));
    const { diffId } = await ingest.addLayer(blob.digest);
    const config = below && configOf(store, below);
    const createdAt = new Date();
    const layer = { ...blob, diffId, mediaType: ociLayerType('gzip') };
    return addNewImage(
      ingest,
      {
        settings: { ...noSettings, ...config?.settings, ...options.settings },
        layers: [...(below?.layers ?? []), layer],
        history: [
          ...(config?.history ?? []),
          { createdAt, createdBy: undefined, comment, emptyLayer: false },
        ],
        ...(below && { platform: parsePlatform(below.platform) }),
        author: author ?? config?.author,
        createdAt,
      },
      names,
    );
  });
}

export async function* gzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level: 5 });
  const over = new AbortController();
  const feed = (async () => {
    for await (const piece of source) {
      over.signal.throwIfAborted();
      if (!gzip.write(piece)) await once(gzip, 'drain', { signal: over.signal });
    }
    gzip.end();
  })().catch((error) => gzip.destroy(error));
  try {
    for await (const chunk of gzip) yield chunk as Buffer;
  } finally {
    over.abort(); // where nobody reads any more, what is open of the tree is closed
    await feed;
  }
}
