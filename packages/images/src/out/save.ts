/** Images as an archive that others load: an OCI layout in a tar, or what docker save writes. */
import { createReadStream } from 'node:fs';
import { mediaTypes } from '../oci/media-types.ts';
import { parsePlatform } from '../oci/platform.ts';
import type { ImageRecord } from '../store/records.ts';
import { layerMissing, type Store } from '../store/store.ts';
import type { TarEntry } from '../tar/entry.ts';
import { encodeHeader, endOfArchive, padding } from '../tar/writer.ts';
import { compressionOf, decompressor } from '../unpack/decompress.ts';
import { beginningOf } from '../unpack/unpack-file.ts';

export interface SaveOptions {
  /**
   * `oci` (default): an OCI layout, whose blobs are byte for byte those of the store. `docker`: what docker load of any
   * age takes; its layers are uncompressed.
   */
  readonly format?: 'oci' | 'docker' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageToSave {
  readonly record: ImageRecord;
  readonly names: readonly string[];
}

export function saveImages(
  store: Store,
  images: readonly ImageToSave[],
  { format = 'oci', signal }: SaveOptions,
): AsyncGenerator<Buffer> {
  const archive = format === 'oci' ? ociArchive(store, images) : dockerArchive(store, images);
  return signal === undefined ? archive : untilAborted(archive, signal);
}

async function* untilAborted(archive: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const piece of archive) {
    signal.throwIfAborted();
    yield piece;
  }
}

async function* ociArchive(store: Store, images: readonly ImageToSave[]): AsyncGenerator<Buffer> {
  const manifests = images.flatMap(({ record, names }) => {
    const { os, architecture, variant } = parsePlatform(record.platform);
    const descriptor = {
      mediaType: record.mediaType,
      digest: record.manifest,
      size: record.manifestSize,
      platform: { architecture, os, ...(variant !== undefined && { variant }) },
    };
    // containerd's and Docker's annotation has the whole name, skopeo's and podman's takes it too.
    const named = names.map((name) => ({
      ...descriptor,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
    }));
    return named.length > 0 ? named : [descriptor];
  });
  yield member('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  yield member('index.json', JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  // The same in the words of docker save, as Docker has both since 25: of an OCI layout podman 4 takes one image alone.
  const entries = images.map(({ record, names }) => ({
    Config: blobName(record.id),
    RepoTags: names,
    Layers: record.layers.map(({ digest }) => blobName(digest)),
  }));
  yield member('manifest.json', JSON.stringify(entries));
  yield encodeHeader({ ...plain('blobs', 0), type: 'directory', mode: 0o755 });
  yield encodeHeader({ ...plain('blobs/sha256', 0), type: 'directory', mode: 0o755 });
  for (const digest of new Set(images.flatMap(({ record }) => blobsOf(record)))) {
    if (!store.hasBlob(digest)) throw layerMissing(digest);
    yield* file(blobName(digest), store.layout.blob(digest));
  }
  yield endOfArchive;
}

/** https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format */
async function* dockerArchive(store: Store, images: readonly ImageToSave[]): AsyncGenerator<Buffer> {
  const written = new Set<string>();
  const entries = [];
  for (const { record, names } of images) {
    const config = `${record.id.slice('sha256:'.length)}.json`;
    if (!written.has(config)) yield member(config, store.blob(record.id));
    written.add(config);
    const layers: string[] = [];
    for (const { digest, diffId } of record.layers) {
      const name = `${diffId.slice('sha256:'.length)}.tar`;
      layers.push(name);
      if (written.has(name)) continue;
      written.add(name);
      if (!store.hasBlob(digest)) throw layerMissing(digest);
      yield* uncompressed(name, store.layout.blob(digest));
    }
    entries.push({ Config: config, RepoTags: names, Layers: layers });
  }
  yield member('manifest.json', JSON.stringify(entries));
  yield endOfArchive;
}

const blobName = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`;

const blobsOf = ({ manifest, id, layers }: ImageRecord): string[] => [
  manifest,
  id,
  ...layers.map(({ digest }) => digest),
];

/** The same for everybody: archives of the same images are the same. */
function plain(path: string, size: number): TarEntry {
  return {
    path,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtimeNs: 0n,
    target: '',
    major: 0,
    minor: 0,
    xattrs: new Map(),
  };
}

function member(name: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([encodeHeader(plain(name, bytes.length)), bytes, padding(bytes.length)]);
}

async function* file(name: string, path: string): AsyncGenerator<Buffer> {
  const { size } = beginningOf(path);
  yield encodeHeader(plain(name, size));
  if (size > 0)
    yield* createReadStream(path, { highWaterMark: 1 << 18, end: size - 1 }) as AsyncIterable<Buffer>;
  yield padding(size);
}

/** A header has the size, so a compressed one is read twice: once to count. */
async function* uncompressed(name: string, path: string): AsyncGenerator<Buffer> {
  const compression = compressionOf(beginningOf(path).start);
  if (compression === 'none') {
    yield* file(name, path);
    return;
  }
  const open = () => {
    const source = createReadStream(path);
    const target = decompressor(compression);
    source.on('error', (error) => target.destroy(error));
    return source.pipe(target);
  };
  let size = 0;
  for await (const chunk of open()) size += (chunk as Buffer).length;
  yield encodeHeader(plain(name, size));
  yield* open() as AsyncIterable<Buffer>;
  yield padding(size);
}
