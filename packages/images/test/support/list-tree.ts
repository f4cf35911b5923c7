import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Every path below a directory with its lstat(2), sorted; unlike a recursive readdir it follows no symlink. */
export function listTree(root: string, below = ''): { path: string; stats: Stats }[] {
  return readdirSync(join(root, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name);
      const stats = lstatSync(join(root, path));
      return [{ path, stats }, ...(stats.isDirectory() ? listTree(root, path) : [])];
    });
}
