/** Images copied for one container, where overlayfs does not work: `layout.ts` says where they lie. */
import { closeSync, constants, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { syncFileSystem } from '@tc/linux';
import { storeError } from '../host/store-error.ts';
import { copyFromImage } from '../out/copy-tree.ts';
import { type HeldLock, lockFile } from './lock.ts';
import { namesIn } from './records.ts';
import { removeTree } from './remove-tree.ts';
import type { Store } from './store.ts';
import type { LayerUser } from './sweep.ts';

/** Nobody removes it until this is disposed of, or this process ends. */
export interface ImageCopy extends Disposable {
  readonly path: string;
}

const operation = 'copy the image’s files';

/** @param layers the topmost first @throws TcError DATA_DIR_FULL, IMAGE_STORE */
export async function copyImage(store: Store, layers: readonly string[]): Promise<ImageCopy> {
  using _ = await store.lockForAdding(operation);
  const staging = store.newIngestDirectory();
  const place = join(store.layout.copies, basename(staging));
  try {
    mkdirSync(store.layout.copies, { recursive: true, mode: 0o700 });
    mkdirSync(join(staging, 'fs'), { recursive: true, mode: 0o755 });
    await copyFromImage(layers, '/', join(staging, 'fs'));
    syncTree(staging);
    renameSync(staging, place);
  } catch (error) {
    removeTree(staging);
    throw storeError(error, store.layout.root, { operation, otherwise: 'IMAGE_STORE' });
  }
  const held = lockFile(place, 'shared') as HeldLock; // it has just got its name, and no sweep can be
  return { path: join(place, 'fs'), [Symbol.dispose]: () => held[Symbol.dispose]() };
}

export function hasCopies({ layout }: Store): boolean {
  return existsSync(layout.copies) && namesIn(layout.copies).length > 0;
}

/** To be called while nobody adds anything. @returns how many are gone */
export function sweepCopies({ layout }: Store, users: readonly LayerUser[]): number {
  const used = new Set(users.flatMap(({ layers }) => layers));
  let count = 0;
  for (const name of namesIn(layout.copies)) {
    const place = join(layout.copies, name);
    if (used.has(join(place, 'fs'))) continue;
    const held = lockFile(place, 'exclusive');
    if (held === 'busy') continue; // a process makes a container of it
    const gone = join(layout.ingest, name);
    renameSync(place, gone);
    held?.[Symbol.dispose]();
    removeTree(gone);
    count += 1;
  }
  return count;
}

function syncTree(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    syncFileSystem(fd);
  } finally {
    closeSync(fd);
  }
}
