/** Images of `docker save`, `podman save`, `skopeo copy`: docker-archive, oci-archive, and the directory of an OCI layout. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { formatReference, isDigest, parseReference } from '../names/reference.ts';
import { encodeManifest, ociLayerType } from '../oci/build-image.ts';
import { type Descriptor, invalidImage, isObject, parseObject } from '../oci/descriptor.ts';
import { parseImageConfig } from '../oci/image-config.ts';
import {
  choosePlatform,
  maxConfigBytes,
  maxManifestBytes,
  mediaTypeOf,
  parseIndex,
  parseManifest,
} from '../oci/manifest.ts';
import { indexTypes } from '../oci/media-types.ts';
import { hostPlatform, type Platform } from '../oci/platform.ts';
import { readSmallBlob } from '../store/blob-file.ts';
import { Ingest, type IngestOptions } from '../store/ingest.ts';
import type { ImageRecord, LayerOfImage } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { compressionOf } from '../unpack/decompress.ts';
import { defaultRules } from '../unpack/rules.ts';
import { beginningOf } from '../unpack/unpack-file.ts';
import { type ArchiveMember, readArchive } from './archive-reader.ts';

export interface LoadOptions extends IngestOptions {
  /** Of images for several. Default: this machine's. */
  readonly platform?: Platform | undefined;
  /** A name for the image, where there is only one. */
  readonly name?: string | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Where the files of a layout are: in a directory, or what an archive had. */
type Files = (name: string) => ArchiveMember | undefined;

export async function loadImages(
  store: Store,
  source: string | AsyncIterable<Uint8Array>,
  options: LoadOptions,
): Promise<ImageRecord[]> {
  const operation = typeof source === 'string' ? `load ${source}` : 'load an archive of images';
  const directory = typeof source === 'string' ? layoutDirectory(source, operation) : undefined;
  const bytes =
    typeof source !== 'string'
      ? source
      : directory === undefined
        ? createReadStream(source, { highWaterMark: 1 << 20 })
        : undefined;
  await using ingest = await Ingest.begin(store, operation, options);
  return await ingest.attempt(async () => {
    const maxBytes = options.rules?.maxBytes ?? defaultRules.maxBytes;
    const archive =
      bytes === undefined
        ? undefined
        : await readArchive(bytes, () => ingest.newPath(), maxBytes, options.onBytes);
    const files: Files = (name) =>
      archive === undefined ? fileIn(directory ?? '', name) : archive.files.get(name);
    const index = files('index.json');
    if (index !== undefined) return await loadLayout(ingest, files, index, options, archive !== undefined);
    // Names in it are others' words: in an archive they are those of its members, in a directory they could lead out.
    const manifest = archive?.files.get('manifest.json');
    if (manifest !== undefined) return await loadDockerArchive(ingest, files, manifest, options);
    throw new TcError('it has neither an index.json nor a manifest.json', {
      code: 'ARCHIVE_UNKNOWN',
      operation,
      hint: 'load takes what docker save, podman save and skopeo copy write. For a root file system: import.',
    });
  });
}

function layoutDirectory(source: string, operation: string): string | undefined {
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats !== undefined) return stats.isDirectory() ? source : undefined;
  throw new TcError('no such file or directory', {
    code: 'SOURCE_NOT_FOUND',
    operation,
    path: source,
    hint: 'Give an archive, or the directory of an OCI layout.',
  });
}

function fileIn(directory: string, name: string): ArchiveMember | undefined {
  const path = join(directory, name);
  const stats = existsSync(path) ? statSync(path) : undefined;
  if (!stats?.isFile()) return undefined;
  return { path, size: stats.size, digest: '' };
}

const small = (file: ArchiveMember): string => readSmallBlob(file.path, maxManifestBytes);

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
async function loadLayout(
  ingest: Ingest,
  files: Files,
  index: ArchiveMember,
  options: LoadOptions,
  owned: boolean,
): Promise<ImageRecord[]> {
  const take = (descriptor: Descriptor) => takeBlob(ingest, files, descriptor, owned);
  const platform = options.platform ?? hostPlatform();
  const records: ImageRecord[] = [];
  const found = parseIndex(small(index), 'index.json');
  for (const descriptor of found) {
    const what = `the image ${descriptor.digest}`;
    let manifest = descriptor;
    for (let depth = 0; depth < 4; depth += 1) {
      await take(manifest);
      const text = readSmallBlob(ingest.store.layout.blob(manifest.digest), maxManifestBytes);
      if (!indexTypes.includes(mediaTypeOf(text, manifest.mediaType, what))) break;
      manifest = choosePlatform(parseIndex(text, what), platform, what);
    }
    const text = readSmallBlob(ingest.store.layout.blob(manifest.digest), maxManifestBytes);
    const { config, layers } = parseManifest(text, manifest.mediaType, what);
    for (const each of [config, ...layers]) await take(each);
    const names = namesFor(options.name, found.length, [
      descriptor.annotations?.['io.containerd.image.name'],
      descriptor.annotations?.['org.opencontainers.image.ref.name'],
    ]);
    records.push(await ingest.addImage(manifest, names, what));
  }
  return records;
}

async function takeBlob(ingest: Ingest, files: Files, descriptor: Descriptor, owned: boolean): Promise<void> {
  const { digest, size } = descriptor;
  if (ingest.hasBlob(digest)) return;
  const file = files(`blobs/sha256/${digest.slice('sha256:'.length)}`);
  if (file === undefined) throw invalidImage('the archive', `the blob ${digest} is missing`);
  if (owned) ingest.adoptBlob(file.path, file, { digest, size });
  else await ingest.addBlob(createReadStream(file.path, { highWaterMark: 1 << 20 }), { digest, size });
}

/** `docker save`: manifest.json names the configuration and the layers of each image. */
async function loadDockerArchive(
  ingest: Ingest,
  files: Files,
  file: ArchiveMember,
  options: LoadOptions,
): Promise<ImageRecord[]> {
  const entries: unknown = parseObject(`{"entries":${small(file)}}`, 'manifest.json')['entries'];
  if (!Array.isArray(entries)) throw invalidImage('manifest.json', 'it is no list');
  const records: ImageRecord[] = [];
  const placed = new Map<string, LayerOfImage>();
  for (const entry of entries) {
    if (!isObject(entry)) throw invalidImage('manifest.json', 'an entry is no object');
    const { Config, Layers, RepoTags } = entry;
    const configFile = typeof Config === 'string' ? files(Config) : undefined;
    if (configFile === undefined || !Array.isArray(Layers))
      throw invalidImage('manifest.json', 'an image has no configuration, or no layers');
    const configText = readSmallBlob(configFile.path, maxConfigBytes);
    const config = parseImageConfig(configText, String(Config));
    if (config.diffIds.length !== Layers.length)
      throw invalidImage('manifest.json', 'its layers are not as many as its diff_ids');
    const layers: LayerOfImage[] = [];
    for (const [index, name] of Layers.entries()) {
      const layer = typeof name === 'string' ? files(name) : undefined;
      const diffId = config.diffIds[index] ?? '';
      if (layer === undefined)
        throw invalidImage('manifest.json', `the layer ${JSON.stringify(name)} is missing`);
      const known = placed.get(layer.path);
      if (known === undefined) {
        const { start } = beginningOf(layer.path);
        ingest.adoptBlob(layer.path, layer);
        await ingest.addLayer(layer.digest, diffId);
        const { digest, size } = layer;
        placed.set(layer.path, { digest, size, diffId, mediaType: ociLayerType(compressionOf(start)) });
      } else if (known.diffId !== diffId) throw invalidImage('manifest.json', 'one layer has two diff_ids');
      layers.push(placed.get(layer.path) as LayerOfImage);
    }
    const written = await ingest.addText(configText);
    const manifest = await ingest.addText(encodeManifest(written, layers));
    const names = namesFor(options.name, entries.length, Array.isArray(RepoTags) ? RepoTags : []);
    records.push(await ingest.addImage(manifest, names, String(Config)));
  }
  return records;
}

/** Names of an archive are others' words: what is none is left out. */
function namesFor(wanted: string | undefined, images: number, found: readonly unknown[]): string[] {
  if (wanted !== undefined && images === 1) return [formatReference(parseReference(wanted))];
  const names = found.flatMap((text) => {
    // skopeo writes the tag alone as well, which is the name of nothing.
    if (typeof text !== 'string' || !/[/:]/.test(text) || isDigest(text)) return [];
    try {
      return [formatReference({ ...parseReference(text), digest: undefined })];
    } catch {
      return [];
    }
  });
  return [...new Set(names)];
}
