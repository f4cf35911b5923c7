/** What is in a directory of a container, one after another, whatever its processes make of it meanwhile. */
import { fstatSync } from 'node:fs';
import { opendir, statfs } from 'node:fs/promises';
import { fsMagic, type Pin } from '@tc/linux';
import { entryOf } from './copy-tree.ts';
import { type FileType, typeOf } from './entry.ts';
import type { IdMaps } from './id-map.ts';
import { openRegular, piecesOf } from './read-file.ts';
import { maxDepth, tooDeep } from './remove-tree.ts';

/** An entry of a walk. */
export interface WalkedEntry {
  /** Bytes, as the kernel's names are. Begins with the name of what was walked; of `/` itself it is empty. */
  readonly path: Buffer;
  readonly type: FileType;
  readonly sizeBytes: number;
  /** The permission bits, 0o7777 at most. */
  readonly mode: number;
  /** As the container sees them. */
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  /** Of a link: where it says it leads. */
  readonly target: Buffer | undefined;
  /**
   * The content of a file in pieces, each overwritten by the next. It may be longer or shorter than `sizeBytes`: the
   * container goes on writing, and files of /proc say that they are empty.
   * @throws TcError NOT_A_FILE
   */
  content(): AsyncIterable<Uint8Array>;
}

export interface Walk {
  readonly path: Buffer;
  readonly ids: IdMaps;
  readonly operation: string;
  readonly visit: (entry: WalkedEntry) => Promise<void>;
}

/** @param target where `source` says it leads, where it is a link @throws TcError TOO_DEEP */
export async function walkTree(source: Pin, walk: Walk, target?: Buffer, depth = 0): Promise<void> {
  const { path, ids, operation, visit } = walk;
  const stats = source.stats();
  const type = typeOf(stats);
  await visit({
    path,
    type,
    sizeBytes: stats.size,
    mode: stats.mode & 0o7777,
    uid: ids.uids.inside(stats.uid),
    gid: ids.gids.inside(stats.gid),
    mtimeNs: fstatSync(source.fd, { bigint: true }).mtimeNs,
    target,
    content: () => contentOf(source, operation, path.toString()),
  });
  if (type !== 'directory' || (depth > 0 && (await isView(source)))) return;
  if (depth === maxDepth) throw tooDeep(operation);
  for await (const entry of await opendir(source.path, { encoding: 'buffer' as BufferEncoding })) {
    const name = Buffer.from(entry.name as string);
    const found = await entryOf(source, name);
    if (found === undefined) continue;
    using pin = found.pin;
    const below = path.length === 0 ? name : Buffer.concat([path, Buffer.from('/'), name]);
    await walkTree(pin, { ...walk, path: below }, found.linkTarget, depth + 1);
  }
}

/** What the kernel shows there is no file of the container, and changes with every look: proc, sysfs, cgroups. */
async function isView(directory: Pin): Promise<boolean> {
  return views.has((await statfs(directory.path)).type);
}

const views = new Set<number>([
  fsMagic.PROC_SUPER_MAGIC,
  fsMagic.SYSFS_MAGIC,
  fsMagic.CGROUP_SUPER_MAGIC,
  fsMagic.CGROUP2_SUPER_MAGIC,
]);

async function* contentOf(source: Pin, operation: string, path: string): AsyncGenerator<Uint8Array, void> {
  const file = await openRegular(source, operation, path);
  try {
    yield* piecesOf(file);
  } finally {
    await file.close();
  }
}
