/** Removing what no image needs. References are counted by looking: a count that is written down could be wrong. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweepCopies } from './copies.ts';
import { lockFile } from './lock.ts';
import { type ImageRecord, namesIn } from './records.ts';
import { removeTree } from './remove-tree.ts';
import type { Store } from './store.ts';

/** A container that is there, running or not. */
export interface LayerUser {
  /** How messages call it. */
  readonly name: string;
  /** The directories of its root file system, the topmost first, or the topmost alone. */
  readonly layers: readonly string[];
  /** What it was made of, by name: of several images with the same layers it tells which. */
  readonly image?: string | undefined;
}

export interface Swept {
  /** Manifests of the images that are gone. */
  readonly images: string[];
  readonly layers: string[];
  readonly blobs: string[];
  /** What interrupted additions and removals have left, and copies that no container has. */
  readonly leftovers: number;
}

/** Whose root file system an image is: of the same topmost layer. Where images share that, the name decides. */
export function usersOf(store: Store, image: ImageRecord, users: readonly LayerUser[]): string[] {
  const top = topOf(store, image);
  if (top === undefined) return []; // a layer is missing: nothing runs on it
  return users
    .filter(({ layers, image: text }) => {
      if (layers[0] !== top) return false;
      const named = text === undefined ? undefined : store.findOrNone(text);
      return named === undefined || named.manifest === image.manifest || topOf(store, named) !== top;
    })
    .map(({ name }) => name);
}

function topOf(store: Store, image: ImageRecord): string | undefined {
  try {
    return store.layersOf(image)[0];
  } catch {
    return undefined;
  }
}

/**
 * To be called while nobody adds anything.
 * @param removable of the images that no other rule keeps
 */
export function sweep(
  store: Store,
  users: readonly LayerUser[],
  removable: (image: ImageRecord) => boolean,
): Swept {
  const { layout } = store;
  const leftovers = sweepLeftovers(store) + sweepCopies(store, users);
  const swept: Swept = { images: [], layers: [], blobs: [], leftovers };
  const named = new Map(store.names().map((each) => [each.manifest, each.name]));
  const kept: ImageRecord[] = [];
  for (const image of store.images()) {
    const isKept = named.has(image.manifest) || usersOf(store, image, users).length > 0 || !removable(image);
    if (isKept || !removeImage(store, image)) kept.push(image);
    else swept.images.push(image.manifest);
  }
  const manifests = new Set(kept.map(({ manifest }) => manifest));
  for (const { name, manifest } of store.names())
    if (!manifests.has(manifest)) rmSync(layout.name(name), { force: true });
  const layers = new Set([
    ...kept.flatMap((image) => image.layers.map(({ diffId }) => layout.layerFiles(diffId))),
    ...users.flatMap((user) => user.layers),
  ]);
  for (const diffId of store.layerIds()) {
    if (layers.has(layout.layerFiles(diffId))) continue;
    removeLayer(store, diffId);
    swept.layers.push(diffId);
  }
  const blobs = new Set(
    kept.flatMap((image) => [image.manifest, image.id, ...image.layers.map(({ digest }) => digest)]),
  );
  for (const digest of store.blobIds()) {
    if (blobs.has(digest)) continue;
    rmSync(layout.blob(digest), { force: true });
    swept.blobs.push(digest);
  }
  return swept;
}

/** Directories of processes that are gone: who adds something holds the lock. */
export function sweepLeftovers(store: Store): number {
  const names = namesIn(store.layout.ingest);
  for (const name of names) removeTree(join(store.layout.ingest, name));
  return names.length;
}

/** @returns false where a process uses it right now */
export function removeImage(store: Store, { manifest }: ImageRecord): boolean {
  const held = lockFile(store.layout.image(manifest), 'exclusive');
  if (held === 'busy') return false;
  rmSync(store.layout.image(manifest), { force: true });
  held?.[Symbol.dispose]();
  return true;
}

/** It goes the way that it came: at no time is half of one there. */
export function removeLayer(store: Store, diffId: string): void {
  const gone = store.newIngestDirectory();
  mkdirSync(gone, { mode: 0o700 });
  renameSync(store.layout.layer(diffId), join(gone, 'layer'));
  removeTree(gone);
}
