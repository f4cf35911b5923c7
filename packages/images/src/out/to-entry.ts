import { type BigIntStats, readlinkSync } from 'node:fs';
import { getXattr, listXattrs } from '@tc/linux';
import type { TarEntry, TarType } from '../tar/entry.ts';
import { keptXattr } from '../unpack/xattrs.ts';

/** How ids on the disk are those of the image. */
export interface IdShift {
  uid(id: number): number;
  gid(id: number): number;
}

/** Root's are what they are. What belongs to an ordinary user belongs to root in that user's containers. */
export function usualIds(): IdShift {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  if (uid === 0) return { uid: (id) => id, gid: (id) => id };
  return { uid: (id) => (id === uid ? 0 : id), gid: (id) => (id === gid ? 0 : id) };
}

/** @returns undefined for a socket, which no archive can have */
export function toTarEntry(path: string, stats: BigIntStats, at: Buffer, ids: IdShift): TarEntry | undefined {
  const type = tarType(stats);
  if (type === undefined) return undefined;
  const device = type.endsWith('device') ? Number(stats.rdev) : 0;
  return {
    path: path === '' ? './' : path,
    type,
    mode: Number(stats.mode) & 0o7777,
    uid: ids.uid(Number(stats.uid)),
    gid: ids.gid(Number(stats.gid)),
    size: type === 'file' ? Number(stats.size) : 0,
    mtimeNs: stats.mtimeNs,
    target: type === 'symlink' ? readlinkSync(at, 'latin1') : '',
    // gnu_dev_major() and gnu_dev_minor() of glibc, for the low 32 bits that Linux uses
    major: (device >>> 8) & 0xfff,
    minor: (device & 0xff) | ((device >>> 12) & 0xfff00),
    xattrs: xattrsOf(at),
  };
}

function tarType(stats: BigIntStats): TarType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isCharacterDevice()) return 'character device';
  return stats.isBlockDevice() ? 'block device' : undefined;
}

function xattrsOf(at: Buffer): Map<string, Buffer> {
  const names = listXattrs(at).filter((name) => keptXattr(name, true));
  return new Map(
    names.sort().flatMap((name) => {
      const value = getXattr(at, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
