/** Looking for damage: every blob is hashed, and every layer compared with what it was unpacked from. */
import { existsSync, rmSync } from 'node:fs';
import { digestOfFile } from './blob-file.ts';
import { compareLayer } from './compare-layer.ts';
import { Ingest } from './ingest.ts';
import type { ImageRecord } from './records.ts';
import { type Store, shownName } from './store.ts';
import { removeLayer } from './sweep.ts';

export interface Problem {
  /** How the image is called. */
  readonly image: string;
  readonly manifest: string;
  readonly kind: 'blob missing' | 'blob damaged' | 'layer missing' | 'layer damaged';
  /** Of the blob, or the diff_id of the layer. */
  readonly digest: string;
  /** What is wrong, for a person. */
  readonly detail: string;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @param images those to look at */
export async function verifyImages(
  store: Store,
  images: readonly ImageRecord[],
  { signal }: VerifyOptions = {},
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const blobs = new Map<string, string | undefined>();
  const layers = new Map<string, string | undefined>();
  for (const image of images) {
    const name = shownName(store.namesOf(image.manifest), image.id);
    const add = (kind: Problem['kind'], digest: string, detail: string) =>
      problems.push({ image: name, manifest: image.manifest, kind, digest, detail });
    for (const digest of [image.manifest, image.id, ...image.layers.map((layer) => layer.digest)]) {
      signal?.throwIfAborted();
      if (!blobs.has(digest)) blobs.set(digest, await lookAtBlob(store, digest));
      const problem = blobs.get(digest);
      if (problem !== undefined)
        add(problem === 'missing' ? 'blob missing' : 'blob damaged', digest, problem);
    }
    for (const { diffId, digest } of image.layers) {
      signal?.throwIfAborted();
      const record = store.layer(diffId);
      if (record === undefined || !existsSync(store.layout.layerFiles(diffId))) {
        add('layer missing', diffId, 'missing');
        continue;
      }
      if (blobs.get(digest) !== undefined) continue; // nothing to compare it with
      if (!layers.has(diffId)) layers.set(diffId, await compareLayer(store, digest, record));
      const problem = layers.get(diffId);
      if (problem !== undefined) add('layer damaged', diffId, problem);
    }
  }
  return problems;
}

async function lookAtBlob(store: Store, digest: string): Promise<string | undefined> {
  if (!store.hasBlob(digest)) return 'missing';
  const { digest: found } = await digestOfFile(store.layout.blob(digest));
  return found === digest ? undefined : `its digest is ${found}`;
}

/**
 * Unpacks damaged and missing layers anew from their blobs, which have to be good.
 * @returns what can't be repaired: those images have to be got again
 */
export async function repairImages(store: Store, problems: readonly Problem[]): Promise<Problem[]> {
  const damaged = problems.filter(({ kind }) => kind.startsWith('layer'));
  const left = problems.filter(({ kind }) => kind.startsWith('blob'));
  for (const problem of left.filter(({ kind }) => kind === 'blob damaged'))
    rmSync(store.layout.blob(problem.digest), { force: true }); // so that getting it again does
  const done = new Set<string>();
  for (const problem of damaged) {
    const layer = store.image(problem.manifest)?.layers.find(({ diffId }) => diffId === problem.digest);
    if (layer === undefined || left.some(({ digest }) => digest === layer.digest)) left.push(problem);
    if (layer === undefined || done.has(layer.diffId) || left.includes(problem)) continue;
    await using ingest = await Ingest.begin(store, `repair the layer ${layer.diffId}`);
    if (existsSync(store.layout.layer(layer.diffId))) removeLayer(store, layer.diffId);
    await ingest.addLayer(layer.digest, layer.diffId);
    done.add(layer.diffId);
  }
  return left;
}
