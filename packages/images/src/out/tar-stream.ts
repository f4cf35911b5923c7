/** Trees as tar archives, piece by piece. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { dataExtents, TcError } from '@tc/linux';
import type { TarEntry } from '../tar/entry.ts';
import { encodeHeader, encodeSparseHeader, endOfArchive, padding } from '../tar/writer.ts';
import type { Found } from './merged-tree.ts';
import { type IdShift, toTarEntry, usualIds } from './to-entry.ts';
import { unlessGone } from './unless-gone.ts';

const pieceBytes = 1 << 18;

/**
 * @param tree as a walk finds it: an entry is read before the next is asked for
 * An entry that `translate` has other members for is these.
 */
export async function* tarOf(
  tree: Iterable<Found>,
  {
    ids = usualIds(),
    signal,
    translate = () => undefined,
    after = () => undefined,
  }: {
    readonly ids?: IdShift;
    readonly signal?: AbortSignal | undefined;
    readonly translate?: (found: Found) => readonly TarEntry[] | undefined;
    /** A member that comes right after that of an entry. */
    readonly after?: (found: Found) => TarEntry | undefined;
  } = {},
): AsyncGenerator<Buffer> {
  const links = new Map<string, string>();
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const flush = (): Buffer => {
    const whole = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return whole;
  };
  const add = (bytes: Buffer): void => {
    pending.push(bytes);
    pendingBytes += bytes.length;
  };
  for (const found of tree) {
    signal?.throwIfAborted();
    const others = translate(found);
    for (const entry of others ?? []) add(encodeHeader(entry));
    if (others !== undefined) continue;
    const entry = unlessGone(() => toTarEntry(found.path, found.stats, found.at, ids));
    if (entry === undefined) continue;
    const { dev, ino, nlink } = found.stats;
    const key = `${dev}:${ino}`;
    const first = entry.type !== 'directory' && nlink > 1n ? links.get(key) : undefined;
    if (first !== undefined) {
      add(encodeHeader({ ...entry, type: 'hardlink', size: 0, target: first, xattrs: new Map() }));
      continue;
    }
    if (entry.type === 'file') {
      let isThere = false;
      for (const piece of fileOf(found, entry)) {
        isThere = true;
        add(piece);
        if (pendingBytes >= pieceBytes) yield flush();
      }
      if (!isThere) continue;
    } else add(encodeHeader(entry));
    if (nlink > 1n) links.set(key, found.path);
    const next = after(found);
    if (next !== undefined) add(encodeHeader(next));
    if (pendingBytes >= pieceBytes) yield flush();
  }
  add(endOfArchive);
  yield flush();
}

/** Header and content, exactly as much as the header says; nothing where it is gone. @throws TcError FILE_CHANGED */
function* fileOf({ at, path, stats }: Found, entry: TarEntry): Generator<Buffer> {
  const { size } = entry;
  if (size === 0) {
    yield encodeHeader(entry);
    return;
  }
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const fd = unlessGone(() => openSync(at, flags));
  if (fd === undefined) return;
  try {
    if (!fstatSync(fd).isFile()) throw changed(path);
    const hasHoles = stats.blocks * 512n < stats.size;
    const extents = hasHoles ? dataExtents(fd, size) : [{ offset: 0, length: size }];
    const isWhole = extents.length === 1 && extents[0]?.length === size;
    yield isWhole ? encodeHeader(entry) : encodeSparseHeader(entry, extents);
    let stored = 0;
    for (const { offset, length } of extents) {
      for (let done = 0; done < length; ) {
        const buffer = Buffer.allocUnsafe(Math.min(length - done, pieceBytes));
        const read = readSync(fd, buffer, 0, buffer.length, offset + done);
        if (read === 0) throw changed(path);
        done += read;
        yield buffer.subarray(0, read);
      }
      stored += length;
    }
    yield padding(stored);
  } finally {
    closeSync(fd);
  }
}

function changed(path: string): TcError {
  return new TcError('it became shorter while it was read', {
    code: 'FILE_CHANGED',
    operation: `read /${Buffer.from(path, 'latin1')}`,
    hint: 'Pause or stop the container first.',
  });
}
