/** What a container has changed: the entries of its upper layer, against the layers below. */
import type { BigIntStats } from 'node:fs';
import { constants, lstatSync, openSync, readdirSync } from 'node:fs';
import { getXattr, isOpaque, lookUpMerged, Pin, TcError } from '@tc/linux';
import type { TarEntry } from '../tar/entry.ts';
import { type Found, isWhiteoutStats } from './merged-tree.ts';
import { checkDepth } from './too-deep.ts';
import { unlessGone } from './unless-gone.ts';

export interface Change {
  readonly kind: 'added' | 'changed' | 'deleted';
  /** Absolute in the container. Bytes that are not UTF-8 show as U+FFFD. */
  readonly path: string;
}

/** Every entry of one layer, whiteouts too, in order. */
export function* walkLayer(layer: string): Generator<Found> {
  using root = Pin.host(layer, constants.O_DIRECTORY);
  const at = Buffer.from(`${root.path}/.`);
  yield { path: '', stats: lstatSync(at, { bigint: true }), at };
  yield* walk(root, '');
}

function* walk(directory: Pin, path: string, depth = 0): Generator<Found> {
  checkDepth(depth);
  const names = unlessGone(() => readdirSync(directory.path, { encoding: 'buffer' })) ?? [];
  for (const name of names.sort(Buffer.compare)) {
    const at = directory.child(name);
    const below = path === '' ? name.toString('latin1') : `${path}/${name.toString('latin1')}`;
    const stats = unlessGone(() => {
      const found = lstatSync(at, { bigint: true });
      refuseRedirected(at, found, below);
      return found;
    });
    if (stats === undefined) continue;
    yield { path: below, stats, at };
    if (!stats.isDirectory()) continue;
    using pin = unlessGone(() => directory.directory(name));
    if (pin !== undefined) yield* walk(pin, below, depth + 1);
  }
}

/** Where a kernel was told to, an overlay keeps names or contents elsewhere: `redirect_dir`, `metacopy`. */
function refuseRedirected(at: Buffer, stats: BigIntStats, path: string): void {
  if (!stats.isDirectory() && !stats.isFile()) return;
  for (const prefix of ['trusted', 'user']) {
    for (const name of ['redirect', 'metacopy']) {
      if (getXattr(at, `${prefix}.overlay.${name}`) === undefined) continue;
      throw new TcError(`/${Buffer.from(path, 'latin1')} was moved, and lies elsewhere`, {
        code: 'LAYER_REDIRECTED',
        operation: 'read what the container changed',
        hint: 'This kernel’s overlayfs has redirect_dir or metacopy on by default: turn it off, and start anew.',
      });
    }
  }
}

export function* listChanges(upper: string, lower: readonly string[]): Generator<Change> {
  for (const { path, stats } of walkLayer(upper)) {
    if (path === '') continue;
    const shown = `/${Buffer.from(path, 'latin1')}`;
    if (isWhiteoutStats(stats)) yield { kind: 'deleted', path: shown };
    else yield { kind: lookUpMerged(lower, path) === undefined ? 'added' : 'changed', path: shown };
  }
}

const marker: Omit<TarEntry, 'path' | 'mtimeNs'> = {
  type: 'file',
  mode: 0o600,
  uid: 0,
  gid: 0,
  size: 0,
  target: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
};

/** overlayfs's marks as those of an image's layer. */
export function toWhiteouts({ path, stats }: Found): readonly TarEntry[] | undefined {
  if (!isWhiteoutStats(stats)) return undefined;
  const slash = path.lastIndexOf('/') + 1;
  const mtimeNs = stats.mtimeNs;
  return [{ ...marker, path: `${path.slice(0, slash)}.wh.${path.slice(slash)}`, mtimeNs }];
}

/** What follows the header of an opaque directory. */
export function opaqueMarker({ path, stats, at }: Found): TarEntry | undefined {
  if (!stats.isDirectory() || path === '') return undefined;
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  using pin = unlessGone(() => new Pin(openSync(at, flags)));
  return pin !== undefined && isOpaque(pin)
    ? { ...marker, path: `${path}/.wh..wh..opq`, mtimeNs: stats.mtimeNs }
    : undefined;
}
