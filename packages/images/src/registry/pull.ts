/** An image from a registry: its manifest, then what that names, several blobs at a time, each checked as it comes. */
import { TcError } from '@tc/linux';
import { formatReference, type Reference } from '../names/reference.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { parseImageConfig } from '../oci/image-config.ts';
import {
  choosePlatform,
  maxConfigBytes,
  maxManifestBytes,
  mediaTypeOf,
  parseIndex,
  parseManifest,
} from '../oci/manifest.ts';
import { indexTypes, manifestTypes } from '../oci/media-types.ts';
import { hostPlatform, type Platform } from '../oci/platform.ts';
import { readSmallBlob, type Written } from '../store/blob-file.ts';
import { Ingest, type IngestOptions } from '../store/ingest.ts';
import type { ImageRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { RegistryClient } from './client.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { downloadBlob } from './download.ts';
import { inParallel } from './in-parallel.ts';

/** One step of one layer. */
export interface PullProgress {
  /** Of the blob. */
  readonly digest: string;
  /** `there`: the store has it already. */
  readonly phase: 'waiting' | 'there' | 'downloading' | 'unpacking' | 'done';
  /** Of the blob, downloaded or unpacked so far. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface PullOptions extends Omit<IngestOptions, 'onUnpack'> {
  readonly platform?: Platform | undefined;
  /** Default: what ~/.docker/config.json says. `anonymous` asks nobody. */
  readonly credentials?: Credentials | 'anonymous' | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Blobs at a time. Default 3. */
  readonly parallel?: number | undefined;
}

export async function pullImage(
  store: Store,
  reference: Reference,
  options: PullOptions,
): Promise<ImageRecord> {
  const { signal, onProgress = () => {}, platform = hostPlatform(), parallel = 3 } = options;
  const name = formatReference(reference);
  const operation = `pull ${name}`;
  const client = new RegistryClient(reference.registry, reference.repository, {
    credentials: await chosenCredentials(options.credentials, reference.registry),
    signal,
    actions: 'pull',
  });
  const sizes = new Map<string, number>();
  const unpacked = new Map<string, number>();
  const onUnpack = (digest: string, bytes: number) => {
    unpacked.set(digest, (unpacked.get(digest) ?? 0) + bytes);
    onProgress({
      digest,
      phase: 'unpacking',
      bytes: unpacked.get(digest) ?? 0,
      totalBytes: sizes.get(digest) ?? 0,
    });
  };
  await using ingest = await Ingest.begin(store, operation, { ...options, onUnpack });
  return await ingest.attempt(async () => {
    ingest.prepareToUnpack();
    const manifest = await fetchManifest(
      client,
      ingest,
      reference.digest ?? reference.tag ?? 'latest',
      platform,
      operation,
    );
    const text = readSmallBlob(store.layout.blob(manifest.digest), maxManifestBytes);
    const { config, layers } = parseManifest(text, manifest.mediaType, name);
    const download = async (descriptor: Descriptor, onBytes?: (bytes: number) => void) => {
      if (store.hasBlob(descriptor.digest)) return;
      const path = ingest.newPath();
      await downloadBlob(client, descriptor, path, { operation, signal, onBytes });
      ingest.adoptBlob(path, descriptor);
    };
    if (config.size > maxConfigBytes) throw tooLarge(operation);
    await download(config);
    const { diffIds } = parseImageConfig(
      readSmallBlob(store.layout.blob(config.digest), maxConfigBytes),
      name,
    );
    const wanted = new Map(layers.map((layer, index) => [layer.digest, { layer, diffId: diffIds[index] }]));
    for (const { layer } of wanted.values()) {
      sizes.set(layer.digest, layer.size);
      onProgress({ digest: layer.digest, phase: 'waiting', bytes: 0, totalBytes: layer.size });
    }
    await inParallel([...wanted.values()], parallel, async ({ layer, diffId }) => {
      const { digest, size } = layer;
      const isThere = store.hasBlob(digest) && diffId !== undefined && store.layer(diffId) !== undefined;
      let bytes = 0;
      await download(layer, (more) => {
        bytes += more;
        onProgress({ digest, phase: 'downloading', bytes, totalBytes: size });
      });
      if (diffId !== undefined) await ingest.addLayer(digest, diffId);
      onProgress({ digest, phase: isThere ? 'there' : 'done', bytes: size, totalBytes: size });
    });
    const names = reference.tag === undefined ? [] : [formatReference({ ...reference, digest: undefined })];
    return await ingest.addImage(manifest, names, name);
  });
}

export async function chosenCredentials(
  given: Credentials | 'anonymous' | undefined,
  registry: string,
): Promise<Credentials | undefined> {
  if (given === 'anonymous') return undefined;
  return given ?? (await credentialsFor(registry));
}

/** Follows indexes to the manifest of one platform. Each is checked against the digest that led to it. */
async function fetchManifest(
  client: RegistryClient,
  ingest: Ingest,
  start: string,
  platform: Platform,
  operation: string,
): Promise<Written & { mediaType: string }> {
  let wanted: { name: string; size?: number } = { name: start };
  for (let depth = 0; depth < 4; depth += 1) {
    const accept = [...manifestTypes, ...indexTypes].join(', ');
    const response = await client.request(`manifests/${wanted.name}`, { headers: { accept }, operation });
    const bytes = await readSmallBody(response, operation);
    const digest = wanted.name.startsWith('sha256:') ? wanted.name : undefined;
    const written = await ingest.addText(bytes, { digest, size: wanted.size });
    const given = response.headers.get('content-type')?.split(';')[0]?.trim();
    const mediaType = mediaTypeOf(bytes.toString(), given, wanted.name);
    if (!indexTypes.includes(mediaType)) return { ...written, mediaType };
    const chosen = choosePlatform(parseIndex(bytes.toString(), wanted.name), platform, operation);
    wanted = { name: chosen.digest, size: chosen.size };
  }
  throw tooLarge(operation);
}

async function readSmallBody(response: Response, operation: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxManifestBytes) throw tooLarge(operation);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(operation: string): TcError {
  return new TcError('its manifest or its configuration is too large', { code: 'IMAGE_INVALID', operation });
}
