/** Adding to the store. What is not finished lies in a directory of its own, and is nobody's when we are killed. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrnoCode } from '@tc/linux';
import { storeError } from '../host/store-error.ts';
import { invalidImage } from '../oci/descriptor.ts';
import { parseImageConfig } from '../oci/image-config.ts';
import { maxConfigBytes, maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { formatPlatform } from '../oci/platform.ts';
import { defaultRules, type UnpackRules } from '../unpack/rules.ts';
import type { UnpackJob } from '../unpack/unpack-file.ts';
import { Unpacker } from '../unpack/unpacker.ts';
import {
  checkExpected,
  digestOfFile,
  type Expected,
  readSmallBlob,
  type Written,
  writeBlobFile,
} from './blob-file.ts';
import { placeDurably, syncDirectory, writeDurably } from './durable.ts';
import type { HeldLock } from './lock.ts';
import type { ImageRecord, LayerRecord, NameRecord } from './records.ts';
import { removeTree } from './remove-tree.ts';
import type { Store } from './store.ts';

export interface IngestOptions {
  readonly signal?: AbortSignal | undefined;
  /** What an archive may be. */
  readonly rules?: Partial<UnpackRules> | undefined;
  readonly onUnpack?: ((layer: string, bytes: number) => void) | undefined;
}

export class Ingest implements AsyncDisposable {
  readonly store: Store;
  readonly directory: string;
  readonly operation: string;
  readonly #options: IngestOptions;
  readonly #lock: HeldLock;
  readonly #unpacker = new Unpacker();
  #count = 0;

  private constructor(store: Store, lock: HeldLock, operation: string, options: IngestOptions) {
    this.store = store;
    this.#lock = lock;
    this.operation = operation;
    this.#options = options;
    this.directory = store.newIngestDirectory();
    mkdirSync(this.directory, { mode: 0o700 });
  }

  static async begin(store: Store, operation: string, options: IngestOptions = {}): Promise<Ingest> {
    const lock = await store.lockForAdding(operation);
    try {
      return new Ingest(store, lock, operation, options);
    } catch (error) {
      lock[Symbol.dispose]();
      throw storeError(error, store.layout.root, { operation, otherwise: 'IMAGE_STORE' });
    }
  }

  /** Does something, and says of a full disk what it is. */
  async attempt<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (this.#options.signal?.aborted) throw error;
      throw storeError(error, this.store.layout.root, {
        operation: this.operation,
        otherwise: ((error as NodeJS.ErrnoException).code as ErrnoCode | undefined) ?? 'IMAGE_STORE',
      });
    }
  }

  newPath(): string {
    this.#count += 1;
    return join(this.directory, String(this.#count));
  }

  /** @throws TcError BLOB_MISMATCH */
  async addBlob(
    source: AsyncIterable<Uint8Array>,
    expected: Expected = {},
    onBytes?: (bytes: number) => void,
  ): Promise<Written> {
    const path = this.newPath();
    const written = await writeBlobFile(path, source, expected, onBytes);
    this.#placeBlob(path, written.digest);
    return written;
  }

  async addText(text: string | Uint8Array, expected: Expected = {}): Promise<Written> {
    return this.addBlob(only(Buffer.from(text as string)), expected);
  }

  /** A complete file of this directory that was written and hashed by somebody else, on the disk by now. */
  adoptBlob(path: string, written: Written, expected: Expected = {}): void {
    checkExpected(written, expected);
    this.#placeBlob(path, written.digest);
  }

  /** A blob replaces one of the same digest: what is there may have been damaged. */
  #placeBlob(path: string, digest: string): void {
    placeDurably(path, this.store.layout.blob(digest));
  }

  /** What takes a while and will be needed begins meanwhile. */
  prepareToUnpack(): void {
    this.#unpacker.start();
  }

  /** A layer in a file of this directory, which is hashed as it is unpacked, and becomes a blob. */
  async addLayerFile(path: string): Promise<{ readonly blob: Written; readonly diffId: string }> {
    const { diffId, blob } = await this.#unpack({ blob: path, hashBlob: true }, path);
    if (blob === undefined) throw new TypeError('the blob was not hashed');
    this.#placeBlob(path, blob.digest);
    return { blob, diffId };
  }

  /**
   * Unpacks a blob of the store, unless that is done. @param diffId what it has to be, where that is known
   * @returns the digest of what is in it
   */
  async addLayer(digest: string, diffId?: string): Promise<LayerRecord> {
    if (diffId !== undefined) {
      const there = this.store.layer(diffId);
      if (there !== undefined) return there;
    }
    const { blob: _, ...record } = await this.#unpack(
      { blob: this.store.layout.blob(digest), diffId },
      digest,
    );
    return record;
  }

  /** @param what is told to who wants to know how far it is */
  async #unpack(
    job: Pick<UnpackJob, 'blob' | 'diffId' | 'hashBlob'>,
    what: string,
  ): Promise<LayerRecord & { readonly blob?: Written | undefined }> {
    const rules = { ...defaultRules, ...this.#options.rules };
    const staging = this.newPath();
    const files = join(staging, 'fs');
    mkdirSync(staging, { mode: 0o700 });
    mkdirSync(files, { mode: 0o755 });
    const { blob, ...unpacked } = await this.#unpacker.unpack(
      { ...job, directory: files, rules },
      { signal: this.#options.signal, onBytes: (bytes) => this.#options.onUnpack?.(what, bytes) },
    );
    const record: LayerRecord = { ...unpacked, ownersKept: rules.keepOwners };
    writeDurably(join(staging, 'layer.json'), JSON.stringify(record), this.directory);
    syncDirectory(staging);
    if (!placeDurably(staging, this.store.layout.layer(record.diffId))) removeTree(staging); // others were faster
    return { ...record, blob };
  }

  /**
   * An image of which all blobs are in the store: reads them, unpacks its layers, and makes it known.
   * @param names whole ones, which mean this image from now on
   */
  async addImage(
    manifest: Written & { readonly mediaType?: string | undefined },
    names: readonly string[],
    what: string,
  ): Promise<ImageRecord> {
    const { layout } = this.store;
    const text = readSmallBlob(layout.blob(manifest.digest), maxManifestBytes);
    const { mediaType, config, layers } = parseManifest(text, manifest.mediaType, what);
    const parsed = parseImageConfig(readSmallBlob(layout.blob(config.digest), maxConfigBytes), what);
    if (parsed.diffIds.length !== layers.length)
      throw invalidImage(what, `it has ${layers.length} layers and ${parsed.diffIds.length} diff_ids`);
    const ofImage = layers.map(({ digest, mediaType, size }, index) => ({
      digest,
      mediaType,
      size,
      diffId: parsed.diffIds[index] ?? '',
    }));
    for (const { digest, diffId } of ofImage) await this.addLayer(digest, diffId);
    const record: ImageRecord = {
      manifest: manifest.digest,
      mediaType,
      manifestSize: manifest.size,
      id: config.digest,
      configSize: config.size,
      layers: ofImage,
      platform: formatPlatform(parsed),
      createdAtMs: parsed.createdAt?.getTime(),
      addedAtMs: Date.now(),
    };
    if (this.store.image(record.manifest) === undefined)
      writeDurably(layout.image(record.manifest), JSON.stringify(record), this.directory);
    for (const name of names) this.giveName(name, record.manifest);
    return record;
  }

  /** @param name a whole one */
  giveName(name: string, manifest: string): void {
    const record: NameRecord = { name, manifest };
    writeDurably(this.store.layout.name(name), JSON.stringify(record), this.directory);
  }

  hasBlob(digest: string): boolean {
    return this.store.hasBlob(digest);
  }

  /** A blob that lies in a file of this directory. */
  async adoptFile(path: string, expected: Expected): Promise<Written> {
    const written = await digestOfFile(path);
    this.adoptBlob(path, written, expected);
    return written;
  }

  /** What is unfinished is removed, and a sweep may happen again. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#unpacker[Symbol.asyncDispose]();
      removeTree(this.directory);
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
