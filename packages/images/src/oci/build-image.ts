/** Configurations and manifests of images that are made here. */
import type { Written } from '../store/blob-file.ts';
import type { Ingest } from '../store/ingest.ts';
import type { ImageRecord, LayerOfImage } from '../store/records.ts';
import { encodeSettings, type HistoryEntry, type ImageSettings } from './image-config.ts';
import { type Compression, layerSuffix, mediaTypes } from './media-types.ts';
import { hostPlatform, type Platform } from './platform.ts';

export const noSettings: ImageSettings = {
  env: [],
  entrypoint: [],
  cmd: [],
  workingDir: undefined,
  user: undefined,
  exposedPorts: [],
  volumes: [],
  stopSignal: undefined,
  labels: {},
};

export interface NewImage {
  readonly settings: ImageSettings;
  readonly layers: readonly LayerOfImage[];
  readonly history: readonly HistoryEntry[];
  readonly platform?: Platform;
  readonly author?: string | undefined;
  readonly createdAt: Date;
}

/** Writes both, and makes the image known. */
export async function addNewImage(
  ingest: Ingest,
  image: NewImage,
  names: readonly string[],
): Promise<ImageRecord> {
  const { settings, layers, history, platform = hostPlatform(), author, createdAt } = image;
  const config = await ingest.addText(
    JSON.stringify({
      created: createdAt.toISOString(),
      ...(author !== undefined && { author }),
      architecture: platform.architecture,
      os: platform.os,
      ...(platform.variant !== undefined && { variant: platform.variant }),
      config: encodeSettings(settings),
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
      history: history.map(encodeHistory),
    }),
  );
  const manifest = await ingest.addText(encodeManifest(config, layers));
  return ingest.addImage(manifest, names, 'the new image');
}

export function encodeManifest(config: Written, layers: readonly LayerOfImage[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
}

export function ociLayerType(compression: Compression): string {
  return `${mediaTypes.ociLayer}${layerSuffix[compression]}`;
}

function encodeHistory({ createdAt, createdBy, comment, emptyLayer }: HistoryEntry): object {
  return {
    ...(createdAt !== undefined && { created: createdAt.toISOString() }),
    ...(createdBy !== undefined && { created_by: createdBy }),
    ...(comment !== undefined && { comment }),
    ...(emptyLayer && { empty_layer: true }),
  };
}
