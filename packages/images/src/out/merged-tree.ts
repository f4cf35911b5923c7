/**
 * What overlayfs would show of several layers, without mounting anything: an ordinary user may not, and a container that
 * runs has its upper layer mounted already.
 */
import { type BigIntStats, constants, lstatSync, readdirSync } from 'node:fs';
import { isOpaque, isWhiteout, Pin } from '@tc/linux';
import { checkDepth } from './too-deep.ts';
import { unlessGone } from './unless-gone.ts';

export interface Found {
  /** From the root, without a slash before it; latin1. The root itself is ''. */
  readonly path: string;
  readonly stats: BigIntStats;
  /** Where it can be opened, as long as the walk is at it. */
  readonly at: Buffer;
}

interface Candidate {
  readonly at: Buffer;
  readonly stats: BigIntStats;
  /** Of a directory: those that it is in, in the layers that have a part of it, the topmost first. */
  readonly parents: Pin[];
  /** Nothing of lower layers belongs to it. */
  closed: boolean;
}

/** @param layers directories, the topmost first */
export function* walkMerged(layers: readonly string[]): Generator<Found> {
  const roots = layers.map((layer) => Pin.host(layer, constants.O_DIRECTORY));
  try {
    const [top] = roots;
    if (top === undefined) return;
    const at = Buffer.from(`${top.path}/.`);
    yield { path: '', stats: lstatSync(at, { bigint: true }), at };
    yield* walk(roots, '');
  } finally {
    dispose(roots);
  }
}

/** What is below a directory of the tree; nothing where there is no such directory. Links are not followed. */
export function* walkMergedBelow(layers: readonly string[], directory: string): Generator<Found> {
  let parts = layers.map((layer) => Pin.host(layer, constants.O_DIRECTORY));
  try {
    for (const name of directory.split('/').filter((each) => each !== '')) {
      const below = openParts(merge(parts).get(name), name);
      dispose(parts);
      parts = below;
    }
    const [top] = parts;
    if (top === undefined) return;
    const at = Buffer.from(`${top.path}/.`);
    yield { path: '', stats: lstatSync(at, { bigint: true }), at };
    yield* walk(parts, '');
  } finally {
    dispose(parts);
  }
}

function* walk(parts: readonly Pin[], path: string, depth = 0): Generator<Found> {
  checkDepth(depth);
  const candidates = merge(parts);
  for (const name of [...candidates.keys()].sort()) {
    const candidate = candidates.get(name);
    if (candidate === undefined || isWhiteoutStats(candidate.stats)) continue;
    const below = path === '' ? name : `${path}/${name}`;
    yield { path: below, stats: candidate.stats, at: candidate.at };
    if (candidate.parents.length === 0) continue;
    const opened = openParts(candidate, name);
    try {
      yield* walk(opened, below, depth + 1);
    } finally {
      dispose(opened);
    }
  }
}

/** Only when the walk gets there: a directory may have more directories in it than a process may have descriptors. */
function openParts(candidate: Candidate | undefined, name: string): Pin[] {
  const opened: Pin[] = [];
  try {
    for (const parent of candidate?.parents ?? []) {
      const part = unlessGone(() => parent.directory(Buffer.from(name, 'latin1')));
      if (part !== undefined) opened.push(part);
    }
    return opened;
  } catch (error) {
    dispose(opened);
    throw error;
  }
}

function merge(parts: readonly Pin[]): Map<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const part of parts) {
    for (const entry of unlessGone(() => readdirSync(part.path, { encoding: 'buffer' })) ?? []) {
      const name = entry.toString('latin1');
      const known = candidates.get(name);
      if (known?.closed) continue;
      const at = part.child(entry);
      const stats = unlessGone(() => lstatSync(at, { bigint: true }));
      if (stats === undefined) continue;
      if (!stats.isDirectory()) {
        if (known === undefined) candidates.set(name, { at, stats, parents: [], closed: true });
        else known.closed = true;
        continue;
      }
      // Below the last there is nothing to hide.
      const closed = part === parts.at(-1) || unlessGone(() => isOpaqueIn(part, entry));
      if (closed === undefined) continue;
      if (known === undefined) candidates.set(name, { at, stats, parents: [part], closed });
      else {
        known.parents.push(part);
        known.closed = closed;
      }
    }
  }
  return candidates;
}

function isOpaqueIn(parent: Pin, name: Buffer): boolean {
  using directory = parent.directory(name);
  return isOpaque(directory);
}

function dispose(pins: readonly Pin[]): void {
  for (const pin of pins) pin[Symbol.dispose]();
}

export function isWhiteoutStats(stats: BigIntStats): boolean {
  return isWhiteout({ isCharacterDevice: () => stats.isCharacterDevice(), rdev: Number(stats.rdev) });
}
