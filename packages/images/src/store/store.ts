/** The store on disk: what is there, and how something is added. `image-store.ts` is what others see of it. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TcError } from '@tc/linux';
import { storeError } from '../host/store-error.ts';
import { familiarName, formatReference, isDigest, parseReference } from '../names/reference.ts';
import { makeDirectories } from './durable.ts';
import { Layout } from './layout.ts';
import { type HeldLock, lock, lockFile, storeBusy } from './lock.ts';
import {
  type ImageRecord,
  type LayerRecord,
  type NameRecord,
  namesIn,
  readAll,
  readImage,
  readLayer,
  readName,
} from './records.ts';

/** Additions take as long as a download; whoever removes things waits for a while, and then says so. */
const addingPatienceMs = 60_000;

export class Store {
  readonly layout: Layout;

  constructor(dataDirectory: string) {
    this.layout = new Layout(dataDirectory);
  }

  /** @throws TcError DATA_DIR_NOT_WRITABLE, DATA_DIR_FULL */
  prepare(): void {
    const { root, blobs, layers, images, names, ingest } = this.layout;
    try {
      mkdirSync(dirname(root), { recursive: true }); // where the image of this machine is, too: for all to pass
      makeDirectories(root, blobs, layers, images, names, ingest);
    } catch (error) {
      throw storeError(error, root, { operation: 'open the image store', otherwise: 'IMAGE_STORE' });
    }
  }

  /** No sweep happens as long as it is held. @throws TcError IMAGE_STORE_BUSY */
  async lockForAdding(operation: string): Promise<HeldLock> {
    this.prepare();
    const held = await lock(this.layout.lock, 'shared', addingPatienceMs);
    if (held === undefined) throw storeBusy(operation);
    return held;
  }

  /** Nobody adds anything. @returns undefined where others do for longer */
  async lockForSweeping(patienceMs: number): Promise<HeldLock | undefined> {
    this.prepare();
    return lock(this.layout.lock, 'exclusive', patienceMs);
  }

  images(): ImageRecord[] {
    return readAll(this.layout.images, readImage);
  }

  image(manifest: string): ImageRecord | undefined {
    return readImage(this.layout.image(manifest));
  }

  names(): NameRecord[] {
    return readAll(this.layout.names, readName);
  }

  layer(diffId: string): LayerRecord | undefined {
    return readLayer(this.layout.layerRecord(diffId));
  }

  layerIds(): string[] {
    return namesIn(this.layout.layers)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => `sha256:${name}`);
  }

  blobIds(): string[] {
    return namesIn(this.layout.blobs)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => `sha256:${name}`);
  }

  hasBlob(digest: string): boolean {
    return existsSync(this.layout.blob(digest));
  }

  blob(digest: string): Buffer {
    return readFileSync(this.layout.blob(digest));
  }

  /**
   * By name, by digest of manifest or configuration, or by the first digits of either.
   * @throws TcError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS
   */
  find(text: string): ImageRecord {
    const found = this.#byName(text) ?? this.#byId(text);
    if (found !== undefined) return found;
    throw new TcError('no such image', {
      code: 'IMAGE_NOT_FOUND',
      operation: `find the image ${text}`,
      hint: 'ImageStore.list() tells which there are; pull, load or import gets one.',
    });
  }

  /** The same, where it is no error that there is none. */
  findOrNone(text: string): ImageRecord | undefined {
    return this.#byName(text) ?? this.images().find(({ id, manifest }) => id === text || manifest === text);
  }

  #byName(text: string): ImageRecord | undefined {
    let name: string;
    let digest: string | undefined;
    try {
      const reference = parseReference(text);
      digest = reference.digest;
      name = formatReference({ ...reference, digest: undefined });
    } catch {
      return undefined; // it may be an id yet
    }
    if (digest !== undefined) return this.image(digest);
    const named = readName(this.layout.name(name));
    return named?.name === name ? this.image(named.manifest) : undefined;
  }

  #byId(text: string): ImageRecord | undefined {
    const digits = text.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{4,64}$/.test(digits)) return undefined;
    if (isDigest(`sha256:${digits}`)) {
      const exact = this.image(`sha256:${digits}`);
      if (exact !== undefined) return exact;
    }
    const prefix = `sha256:${digits}`;
    const found = this.images().filter(
      ({ id, manifest }) => id.startsWith(prefix) || manifest.startsWith(prefix),
    );
    const ids = new Set(found.map(({ id }) => id));
    if (ids.size > 1) {
      throw new TcError(`${ids.size} images begin so`, {
        code: 'IMAGE_AMBIGUOUS',
        operation: `find the image ${text}`,
        hint: 'Give more digits of its id.',
      });
    }
    return found[0];
  }

  namesOf(manifest: string): string[] {
    return this.names()
      .filter((each) => each.manifest === manifest)
      .map(({ name }) => name)
      .sort();
  }

  /** What a container is given as its layers, the topmost first: what is empty, or there twice, adds nothing. */
  layersOf({ layers }: Pick<ImageRecord, 'layers'>): string[] {
    const paths: string[] = [];
    for (const { diffId } of layers.toReversed()) {
      const path = this.layout.layerFiles(diffId);
      const record = this.layer(diffId);
      if (record === undefined) throw layerMissing(diffId);
      const isEmpty = record.entries === 0;
      if (!isEmpty && !paths.includes(path)) paths.push(path);
      if (record.opaqueRoot) break;
    }
    const [lowest] = layers;
    if (paths.length === 0 && lowest !== undefined) paths.push(this.layout.layerFiles(lowest.diffId));
    return paths;
  }

  /** An upper layer hides something of a lower one that a container with a user namespace would see. */
  isOpaqueForRootAlone(layers: readonly string[]): boolean {
    const hiding = layers.slice(0, -1).map((path) => readLayer(join(dirname(path), 'layer.json')));
    return hiding.some((record) => (record?.opaqueForRootAlone ?? 0) > 0);
  }

  /** @returns undefined where it is gone; and where it is being removed right now */
  use(manifest: string): HeldLock | undefined {
    const held = lockFile(this.layout.image(manifest), 'shared');
    return held === 'busy' ? undefined : held;
  }

  /** Another process holds it. */
  isInUse(manifest: string): boolean {
    const held = lockFile(this.layout.image(manifest), 'exclusive');
    if (held === 'busy') return true;
    held?.[Symbol.dispose]();
    return false;
  }

  newIngestDirectory(): string {
    return join(
      this.layout.ingest,
      `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
    );
  }
}

export function layerMissing(diffId: string): TcError {
  return new TcError('it is not there', {
    code: 'LAYER_MISSING',
    operation: `find the layer ${diffId}`,
    hint: 'repair() unpacks it anew from its blob; else get the image again.',
  });
}

export function shownName(names: readonly string[], id: string): string {
  return names[0] === undefined ? id.slice(7, 19) : familiarName(names[0]);
}
