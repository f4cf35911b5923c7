/**
 * Where images lie. Whatever has a name in `blobs`, `layers`, `images` or `names` came there by rename(2), complete and
 * on the disk.
 *
 *     DATA/images/store/        0700: an image's setuid programs are nobody's to run on the host
 *         .lock                 held shared by whoever adds something, exclusively by a sweep
 *         blobs/sha256/HEX      manifests, configurations and layers, byte for byte as they came
 *         layers/HEX/fs/        a layer unpacked, by the digest of its uncompressed tar (diff_id)
 *         layers/HEX/layer.json what was unpacked (`layer-record.ts`)
 *         images/HEX.json       an image, by the digest of its manifest (`image-record.ts`); locked shared while in use
 *         names/HEX.json        a name, by its own SHA-256, and the image that it means (`name-record.ts`)
 *         copies/ID/            an image's files together, for one container where overlayfs does not work; locked shared
 *         ingest/ID/            what is being added, or removed; of nobody where .lock is held exclusively
 */
import { join } from 'node:path';
import { sha256 } from '../host/hashes.ts';

export class Layout {
  readonly root: string;

  constructor(dataDirectory: string) {
    this.root = join(dataDirectory, 'images/store');
  }

  get lock(): string {
    return join(this.root, '.lock');
  }
  get blobs(): string {
    return join(this.root, 'blobs/sha256');
  }
  get layers(): string {
    return join(this.root, 'layers');
  }
  get images(): string {
    return join(this.root, 'images');
  }
  get names(): string {
    return join(this.root, 'names');
  }
  get copies(): string {
    return join(this.root, 'copies');
  }
  get ingest(): string {
    return join(this.root, 'ingest');
  }

  blob(digest: string): string {
    return join(this.blobs, hexOf(digest));
  }
  layer(diffId: string): string {
    return join(this.layers, hexOf(diffId));
  }
  layerFiles(diffId: string): string {
    return join(this.layer(diffId), 'fs');
  }
  layerRecord(diffId: string): string {
    return join(this.layer(diffId), 'layer.json');
  }
  image(manifest: string): string {
    return join(this.images, `${hexOf(manifest)}.json`);
  }
  name(name: string): string {
    return join(this.names, `${sha256(name)}.json`);
  }
}

/** Digests are checked where they come from: a text of 64 digits is all that may become part of a path. */
export function hexOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw new TypeError(`${JSON.stringify(digest)} is not a digest`);
  return hex;
}
