import type { Stats } from 'node:fs';
import type { IdMaps } from './id-map.ts';

export type FileType =
  | 'file'
  | 'directory'
  | 'link'
  | 'FIFO'
  | 'socket'
  | 'block device'
  | 'character device';

/** What is known of a file in a container. */
export interface FileEntry {
  /** Its name in its directory. Bytes that are not UTF-8 show as U+FFFD. */
  readonly name: string;
  readonly type: FileType;
  readonly sizeBytes: number;
  /** The permission bits, 0o7777 at most. */
  readonly mode: number;
  /** As the container sees them. */
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: Date;
  /** Of a link: where it says it leads. */
  readonly target: string | undefined;
}

export function typeOf(stats: Stats): FileType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() ? 'block device' : 'character device';
}

export function toEntry(
  name: string,
  stats: Stats,
  { uids, gids }: IdMaps,
  target: string | undefined,
): FileEntry {
  return {
    name,
    type: typeOf(stats),
    sizeBytes: stats.size,
    mode: stats.mode & 0o7777,
    uid: uids.inside(stats.uid),
    gid: gids.inside(stats.gid),
    modifiedAt: stats.mtime,
    target,
  };
}
