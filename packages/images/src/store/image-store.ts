import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { dataDirectory, TcError } from '@tc/linux';
import { formatReference, parseReference } from '../names/reference.ts';
import type { ImageConfig } from '../oci/image-config.ts';
import type { CommitOptions } from '../out/commit.ts';
import { type SaveOptions, saveImages } from '../out/save.ts';
import type { PullOptions } from '../registry/pull.ts';
import type { PushOptions } from '../registry/push.ts';
import type { ImportOptions, ImportSource } from '../sources/import.ts';
import type { LoadOptions } from '../sources/load.ts';
import { copyImage, hasCopies, type ImageCopy, sweepCopies } from './copies.ts';
import {
  configOf,
  detailsOf,
  type HistoryStep,
  historyOf,
  type ImageDetails,
  type ImageInfo,
  listImages,
} from './image-info.ts';
import { storeBusy } from './lock.ts';
import type { ImageRecord } from './records.ts';
import { Store } from './store.ts';
import { type LayerUser, removeImage, type Swept, sweep, usersOf } from './sweep.ts';
import type { Problem, VerifyOptions } from './verify.ts';

// What adds and checks images is loaded when it is used: to start a container of one takes none of it.

export interface ImageStoreOptions {
  /** `dataDirectory()` unless given: TCTL_DATA_DIR, or /var/lib/tctl for root. */
  readonly dataDir?: string | undefined;
  /**
   * The containers that there are: their layers and images stay. This package knows none; @tc/core does, and
   * docs/images.md shows how the two are put together.
   */
  readonly users?: (() => Promise<readonly LayerUser[]>) | undefined;
}

/** An image that stays while this is held, also where somebody removes it. */
export interface UsedImage extends Disposable {
  readonly image: ImageInfo;
  readonly config: ImageConfig;
  /** Directories, the topmost first: `rootfs: { path: layers, mode: 'overlay' }`. */
  readonly layers: readonly string[];
  /**
   * A container with a user namespace would see what upper layers have deleted, as the file system of the store has no
   * attributes of users: tmpfs before Linux 6.6, NFS. `copy()` makes what is right there, too.
   */
  readonly opaqueForRootAlone: boolean;
}

export interface RemoveImageOptions {
  /** Also where a container uses it: its files stay until that is gone. */
  readonly force?: boolean;
}

export interface Removed {
  /** Names that mean nothing any more. */
  readonly untagged: readonly string[];
  /** Whether the image itself is gone. */
  readonly removed: boolean;
  readonly digest: string;
}

export interface PruneImagesOptions {
  /** Images with a name, too, where no container uses them. Default: only those without. */
  readonly all?: boolean;
  /** Which stay, whether anybody uses them or not. Default: none. */
  readonly keep?: (image: ImageInfo) => boolean;
}

/** Longer than adding something small takes, and too short to be taken for a hang. */
const sweepPatienceMs = 10_000;

/** The images of a data directory. Any number of processes may use it at once. */
export class ImageStore {
  /** @internal */
  readonly store: Store;
  readonly #users: () => Promise<readonly LayerUser[]>;

  constructor({ dataDir = dataDirectory(), users = async () => [] }: ImageStoreOptions = {}) {
    this.store = new Store(resolve(dataDir));
    this.#users = users;
  }

  /** Where it lies. */
  get directory(): string {
    return this.store.layout.root;
  }

  /** All images, the newest first. */
  async list(): Promise<ImageInfo[]> {
    return listImages(this.store);
  }

  /** @throws TcError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS */
  async get(image: string): Promise<ImageDetails> {
    return detailsOf(this.store, this.store.find(image));
  }

  /** How it was made, the newest step first. */
  async history(image: string): Promise<HistoryStep[]> {
    return historyOf(this.store, this.store.find(image));
  }

  /** Nobody removes the image until this is disposed of, or this process ends. @throws TcError IMAGE_NOT_FOUND */
  async use(image: string): Promise<UsedImage> {
    for (;;) {
      const record = this.store.find(image);
      const held = this.store.use(record.manifest);
      if (held === undefined) continue; // it went away between the two: find() says so, or finds another
      try {
        const info = listImages(this.store).find(({ digest }) => digest === record.manifest);
        if (info === undefined) throw new Error(`${record.manifest} was removed meanwhile`);
        const layers = this.store.layersOf(record);
        return {
          image: info,
          config: configOf(this.store, record),
          layers,
          opaqueForRootAlone: this.store.isOpaqueForRootAlone(layers),
          [Symbol.dispose]: () => held[Symbol.dispose](),
        };
      } catch (error) {
        held[Symbol.dispose]();
        throw error;
      }
    }
  }

  /**
   * A root file system that is a container's own, for where overlayfs does not work: `rootfs: { path, mode: 'rw' }`.
   * It stays while this is held, and as long as `users` names it; then `prune` and `removeCopies` remove it.
   * @throws TcError IMAGE_NOT_FOUND, DATA_DIR_FULL
   */
  async copy(image: string): Promise<ImageCopy> {
    using used = await this.use(image);
    return await copyImage(this.store, used.layers); // it is held as long as that takes
  }

  /** Copies that no container has. Where others add or remove something, that is left for later. @returns how many */
  async removeCopies(): Promise<number> {
    if (!hasCopies(this.store)) return 0;
    using held = await this.store.lockForSweeping(0);
    return held === undefined ? 0 : sweepCopies(this.store, await this.#users());
  }

  /**
   * Makes an image of a root file system: a directory, a tar archive (plain, gzip or zstd), or an archive's bytes.
   * @param name without one, it is known by its id alone
   */
  async import(source: ImportSource, name?: string, options: ImportOptions = {}): Promise<ImageInfo> {
    const { importImage } = await import('../sources/import.ts');
    return this.info(
      await importImage(this.store, source, name === undefined ? [] : [tagName(name)], options),
    );
  }

  /** Gets an image from a registry. @param name `alpine`, `localhost:5000/me/app:1`, `...@sha256:...` */
  async pull(name: string, options: PullOptions = {}): Promise<ImageInfo> {
    const { pullImage } = await import('../registry/pull.ts');
    return this.info(await pullImage(this.store, parseReference(name), options));
  }

  /** Puts an image into a registry. @param to the name there; default: the image's own */
  async push(image: string, to?: string, options: PushOptions = {}): Promise<void> {
    const { pushImage } = await import('../registry/push.ts');
    const record = this.store.find(image);
    await pushImage(this.store, record, parseReference(to ?? this.#ownName(image, record)), options);
  }

  /** An id is no name: `abcd` would be docker.io/library/abcd. @throws TcError IMAGE_NAME */
  #ownName(image: string, { manifest }: ImageRecord): string {
    const names = this.store.namesOf(manifest);
    if (image.includes('@') || names.includes(wholeName(image) ?? '')) return image;
    throw new TcError('that is an id, and no name', {
      code: 'IMAGE_NAME',
      operation: `push ${image}`,
      hint: `Say which name it is to have there${names.length > 0 ? `: ${names.join(', ')}` : ''}.`,
    });
  }

  /** Takes images out of an archive of `docker save`, `podman save` or `skopeo copy`, or an OCI layout. */
  async load(source: ImportSource, options: LoadOptions = {}): Promise<ImageInfo[]> {
    const { loadImages } = await import('../sources/load.ts');
    return (await loadImages(this.store, source, options)).map((record) => this.info(record));
  }

  /**
   * Makes an image of what a container wrote.
   * @param layers of its root file system, the topmost first: the first is what it wrote, the others an image's. One
   * directory alone becomes an image of one layer.
   * @throws TcError IMAGE_NOT_FOUND where the others are no image's
   */
  async commit(layers: readonly string[], name?: string, options: CommitOptions = {}): Promise<ImageInfo> {
    const [upper, ...others] = layers;
    if (upper === undefined) throw noLayers('commit a container');
    const below = others.length === 0 ? undefined : this.#imageOf(others, options.below);
    const names = name === undefined ? [] : [tagName(name)];
    const { commitLayer } = await import('../out/commit.ts');
    return this.info(await commitLayer(this.store, upper, below, names, options));
  }

  /**
   * The image that a container's layers are.
   * @param name what the container was made of: of several with the same layers it tells which
   * @throws TcError IMAGE_NOT_FOUND
   */
  async imageOf(layers: readonly string[], name?: string): Promise<ImageDetails> {
    return detailsOf(this.store, this.#imageOf(layers, name));
  }

  #imageOf(layers: readonly string[], name: string | undefined): ImageRecord {
    const isIt = (image: ImageRecord): boolean => {
      const own = this.store.layersOf(image);
      return own.length === layers.length && own.every((path, index) => path === layers[index]);
    };
    const named = name === undefined ? undefined : this.store.findOrNone(name);
    const found = named !== undefined && isIt(named) ? named : this.store.images().find(isIt);
    if (found !== undefined) return found;
    throw new TcError('its layers are those of no image in the store', {
      code: 'IMAGE_NOT_FOUND',
      operation: 'find the image of the container',
      hint: 'export() makes an archive of all of it, which import() takes.',
    });
  }

  /** Images as one archive, for `load` here, docker, podman and skopeo. */
  save(images: readonly string[], options: SaveOptions = {}): AsyncGenerator<Buffer> {
    const byManifest = new Map<string, { record: ImageRecord; names: string[] }>();
    for (const image of images) {
      const record = this.store.find(image);
      const named = wholeName(image);
      const all = this.store.namesOf(record.manifest);
      const known = byManifest.get(record.manifest) ?? { record, names: [] };
      known.names.push(...(named !== undefined && all.includes(named) ? [named] : all));
      byManifest.set(record.manifest, known);
    }
    const unique = [...byManifest.values()].map(({ record, names }) => ({
      record,
      names: [...new Set(names)],
    }));
    return saveImages(this.store, unique, options);
  }

  /** Gives an image one more name; where another image has it, it has it no more. @returns the whole name */
  async tag(image: string, name: string): Promise<string> {
    const whole = tagName(name);
    const { Ingest } = await import('./ingest.ts');
    await using ingest = await Ingest.begin(this.store, `tag ${image}`);
    ingest.giveName(whole, this.store.find(image).manifest);
    return whole;
  }

  /**
   * Takes a name from an image, and removes it with its last one. By id, it is removed with all its names.
   * @throws TcError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_IN_USE
   */
  async remove(image: string, { force = false }: RemoveImageOptions = {}): Promise<Removed> {
    const record = this.store.find(image);
    const names = this.store.namesOf(record.manifest);
    const given = wholeName(image);
    const untagged = given !== undefined && names.includes(given) ? [given] : names;
    const isLast = untagged.length === names.length;
    const users = isLast ? usersOf(this.store, record, await this.#users()) : [];
    if (users.length > 0 && !force) throw inUse(image, users);
    for (const name of untagged) rmSync(this.store.layout.name(name), { force: true });
    const { manifest: digest } = record;
    if (!isLast || users.length > 0) return { untagged, removed: false, digest };
    using held = await this.store.lockForSweeping(0);
    // Somebody adds something: the next sweep removes what is to go.
    if (held === undefined) return { untagged, removed: removeImage(this.store, record), digest };
    const { images } = sweep(this.store, await this.#users(), (each) => each.manifest === digest);
    return { untagged, removed: images.includes(digest), digest };
  }

  /**
   * Removes images without a name that no container uses, and all that belongs to no image: what interrupted downloads
   * and removals have left, blobs, layers.
   * @throws TcError IMAGE_STORE_BUSY
   */
  async prune({ all = false, keep = () => false }: PruneImagesOptions = {}): Promise<Swept> {
    using held = await this.store.lockForSweeping(sweepPatienceMs);
    if (held === undefined) throw storeBusy('prune images');
    const users = await this.#users();
    const kept = new Set<string>();
    for (const image of listImages(this.store)) {
      if (keep(image)) kept.add(image.digest);
      const record = this.store.image(image.digest);
      if (
        !all ||
        record === undefined ||
        kept.has(image.digest) ||
        usersOf(this.store, record, users).length > 0
      )
        continue;
      if (this.store.isInUse(record.manifest)) continue;
      for (const name of image.names) rmSync(this.store.layout.name(name), { force: true });
    }
    return sweep(this.store, users, ({ manifest }) => !kept.has(manifest));
  }

  /** Reads everything and says what is damaged. @param image all, unless given */
  async verify(image?: string, options: VerifyOptions = {}): Promise<Problem[]> {
    const images = image === undefined ? this.store.images() : [this.store.find(image)];
    const { verifyImages } = await import('./verify.ts');
    return verifyImages(this.store, images, options);
  }

  /** Unpacks damaged layers anew. @returns what could not be repaired: get those images again */
  async repair(image?: string, options: VerifyOptions = {}): Promise<Problem[]> {
    const { repairImages } = await import('./verify.ts');
    return repairImages(this.store, await this.verify(image, options));
  }

  /** @internal */
  info({ manifest }: Pick<ImageRecord, 'manifest'>): ImageInfo {
    const info = listImages(this.store).find(({ digest }) => digest === manifest);
    if (info === undefined) throw new Error(`${manifest} was removed meanwhile`);
    return info;
  }
}

/** A name to be given: one with a digest can't be. @throws TcError IMAGE_NAME */
export function tagName(name: string): string {
  const reference = parseReference(name);
  if (reference.digest === undefined) return formatReference(reference);
  throw new TcError('a name that is given has a tag, and no digest', {
    code: 'IMAGE_NAME',
    operation: `name an image ${name}`,
    hint: 'Leave out @sha256:...',
  });
}

function noLayers(operation: string): TcError {
  return new TcError('there is no layer', {
    code: 'LAYER_MISSING',
    operation,
    hint: 'Give its directories.',
  });
}

function wholeName(text: string): string | undefined {
  try {
    return formatReference({ ...parseReference(text), digest: undefined });
  } catch {
    return undefined;
  }
}

function inUse(image: string, users: readonly string[]): TcError {
  return new TcError(`${users.join(', ')} use${users.length === 1 ? 's' : ''} it`, {
    code: 'IMAGE_IN_USE',
    operation: `remove the image ${image}`,
    hint: 'Remove the container first, or take only the name away with force.',
  });
}
