/** How much disk something takes, as du(1) counts: blocks, each file once. */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** stat(2): st_blocks has this unit, whatever the file system. */
const blockBytes = 512;

/** @returns bytes; what can't be read, or vanishes meanwhile, counts nothing */
export async function diskUsage(path: string, seen: Set<string> = new Set()): Promise<number> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || isKnown(stats, seen)) return 0;
  let bytes = stats.blocks * blockBytes;
  if (!stats.isDirectory()) return bytes;
  for (const name of await readdir(path).catch(() => [])) bytes += await diskUsage(join(path, name), seen);
  return bytes;
}

function isKnown({ dev, ino, nlink }: Stats, seen: Set<string>): boolean {
  if (nlink < 2) return false;
  const key = `${dev}:${ino}`;
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}
