/**
 * What overlayfs would show of several layers, without mounting anything: an ordinary user may not, and a container that
 * runs has its upper layer mounted already.
 */
import { type BigIntStats, constants, lstatSync, readdirSync } from 'node:fs';
import { isOpaque, isWhiteout, Pin } from '@tc/linux';

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
  /** Of a directory: itself in the layers that have a part of it, the topmost first. */
  readonly parts: Pin[];
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
    for (const root of roots) root[Symbol.dispose]();
  }
}

/** What is below a directory of the tree; nothing where there is no such directory. Links are not followed. */
export function* walkMergedBelow(layers: readonly string[], directory: string): Generator<Found> {
  let parts = layers.map((layer) => Pin.host(layer, constants.O_DIRECTORY));
  try {
    for (const name of directory.split('/').filter((each) => each !== '')) {
      const candidates = merge(parts);
      for (const part of parts) part[Symbol.dispose]();
      parts = candidates.get(name)?.parts.splice(0) ?? [];
      for (const candidate of candidates.values()) dispose(candidate);
    }
    const [top] = parts;
    if (top === undefined) return;
    const at = Buffer.from(`${top.path}/.`);
    yield { path: '', stats: lstatSync(at, { bigint: true }), at };
    yield* walk(parts, '');
  } finally {
    for (const part of parts) part[Symbol.dispose]();
  }
}

function* walk(parts: readonly Pin[], path: string): Generator<Found> {
  const candidates = merge(parts);
  try {
    for (const name of [...candidates.keys()].sort()) {
      const candidate = candidates.get(name);
      if (candidate === undefined || isWhiteoutCandidate(candidate)) continue;
      const below = path === '' ? name : `${path}/${name}`;
      yield { path: below, stats: candidate.stats, at: candidate.at };
      if (candidate.parts.length > 0) yield* walk(candidate.parts, below);
      dispose(candidate);
    }
  } finally {
    for (const candidate of candidates.values()) dispose(candidate);
  }
}

function merge(parts: readonly Pin[]): Map<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const part of parts) {
    for (const entry of readdirSync(part.path, { encoding: 'buffer' })) {
      const name = entry.toString('latin1');
      const known = candidates.get(name);
      if (known?.closed) continue;
      const at = part.child(entry);
      const stats = lstatSync(at, { bigint: true });
      if (!stats.isDirectory()) {
        if (known === undefined) candidates.set(name, { at, stats, parts: [], closed: true });
        else known.closed = true;
        continue;
      }
      const directory = part.directory(entry);
      const closed = isOpaque(directory);
      if (known === undefined) candidates.set(name, { at, stats, parts: [directory], closed });
      else {
        known.parts.push(directory);
        known.closed = closed;
      }
    }
  }
  return candidates;
}

function dispose({ parts }: Candidate): void {
  for (const part of parts.splice(0)) part[Symbol.dispose]();
}

const isWhiteoutCandidate = ({ stats }: Candidate): boolean => isWhiteoutStats(stats);

export function isWhiteoutStats(stats: BigIntStats): boolean {
  return isWhiteout({ isCharacterDevice: () => stats.isCharacterDevice(), rdev: Number(stats.rdev) });
}
