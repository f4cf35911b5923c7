/** What others are told of an image. */

import { type HistoryEntry, type ImageConfig, parseImageConfig } from '../oci/image-config.ts';
import { maxConfigBytes } from '../oci/manifest.ts';
import { readSmallBlob } from './blob-file.ts';
import type { ImageRecord } from './records.ts';
import type { Store } from './store.ts';

export interface ImageInfo {
  /** The digest of its configuration, which is what Docker calls the id. */
  readonly id: string;
  /** The digest of its manifest: how registries name it. */
  readonly digest: string;
  /** Whole names: `docker.io/library/alpine:latest`. */
  readonly names: readonly string[];
  readonly platform: string;
  readonly createdAt: Date | undefined;
  /** When it came into the store. */
  readonly addedAt: Date;
  /** Digests of its uncompressed layers, the lowest first. */
  readonly layers: readonly string[];
  /** Content of all files of its layers. */
  readonly bytes: number;
  /** What of that no other image has; what removing it would free, compressed blobs not counted. */
  readonly uniqueBytes: number;
  /** Its blobs, compressed as they came. */
  readonly blobBytes: number;
}

export interface ImageDetails extends ImageInfo {
  readonly config: ImageConfig;
  readonly mediaType: string;
  readonly blobs: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
  /** The directories of its layers, the topmost first: `path` of @tc/core's `rootfs`, with the mode `overlay`. */
  readonly rootfs: readonly string[];
}

/** One step of how an image was made, the newest first. */
export interface HistoryStep extends HistoryEntry {
  readonly layer: string | undefined;
  readonly bytes: number;
}

export function listImages(store: Store): ImageInfo[] {
  const records = store.images();
  const names = Map.groupBy(store.names(), ({ manifest }) => manifest);
  const counts = new Map<string, number>();
  for (const { layers } of records)
    for (const diffId of new Set(layers.map((layer) => layer.diffId)))
      counts.set(diffId, (counts.get(diffId) ?? 0) + 1);
  const sizes = new Map([...counts.keys()].map((diffId) => [diffId, store.layer(diffId)?.bytes ?? 0]));
  return records
    .map((record): ImageInfo => {
      const layers = [...new Set(record.layers.map(({ diffId }) => diffId))];
      const sum = (of: readonly string[]) =>
        of.reduce((total, diffId) => total + (sizes.get(diffId) ?? 0), 0);
      const blobs = new Map(record.layers.map(({ digest, size }) => [digest, size]));
      return {
        id: record.id,
        digest: record.manifest,
        names: (names.get(record.manifest) ?? []).map(({ name }) => name).sort(),
        platform: record.platform,
        createdAt: record.createdAtMs === undefined ? undefined : new Date(record.createdAtMs),
        addedAt: new Date(record.addedAtMs),
        layers: record.layers.map(({ diffId }) => diffId),
        bytes: sum(layers),
        uniqueBytes: sum(layers.filter((diffId) => counts.get(diffId) === 1)),
        blobBytes: [...blobs.values(), record.configSize, record.manifestSize].reduce(
          (total, size) => total + size,
          0,
        ),
      };
    })
    .sort((a, b) => b.addedAt.getTime() - a.addedAt.getTime() || (a.digest < b.digest ? -1 : 1));
}

export function configOf(store: Store, record: ImageRecord): ImageConfig {
  return parseImageConfig(
    readSmallBlob(store.layout.blob(record.id), maxConfigBytes),
    `the image ${record.id}`,
  );
}

export function detailsOf(store: Store, record: ImageRecord): ImageDetails {
  const info = listImages(store).find(({ digest }) => digest === record.manifest);
  if (info === undefined) throw new Error(`${record.manifest} was removed meanwhile`);
  return {
    ...info,
    config: configOf(store, record),
    mediaType: record.mediaType,
    blobs: record.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
    rootfs: store.layersOf(record),
  };
}

export function historyOf(store: Store, record: ImageRecord): HistoryStep[] {
  const { history } = configOf(store, record);
  const layers = record.layers.map(({ diffId }) => diffId);
  const steps = history.map((entry): HistoryStep => {
    const layer = entry.emptyLayer ? undefined : layers.shift();
    return { ...entry, layer, bytes: layer === undefined ? 0 : (store.layer(layer)?.bytes ?? 0) };
  });
  // Layers that the history does not tell of.
  const others = layers.map(
    (layer): HistoryStep => ({
      createdAt: undefined,
      createdBy: undefined,
      comment: undefined,
      emptyLayer: false,
      layer,
      bytes: store.layer(layer)?.bytes ?? 0,
    }),
  );
  return [...steps, ...others].toReversed();
}
