import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';

const slash = Buffer.from('/');

/**
 * Removes a tree of the store. Node's own rm() decodes names, and so does not find those that are no UTF-8. Nothing in
 * here is deeper than a path is long, as the unpacker makes no deeper names.
 */
export function removeTree(path: string | Buffer): void {
  const at = Buffer.from(path as string);
  const stats = lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    unlinkSync(at);
    return;
  }
  // An ordinary user's own directory may have lost its permissions to an image.
  if ((stats.mode & 0o700) !== 0o700) chmodSync(at, 0o700);
  for (const entry of readdirSync(at, { encoding: 'buffer', withFileTypes: true })) {
    const below = Buffer.concat([at, slash, entry.name]);
    if (entry.isDirectory()) removeTree(below);
    else unlinkSync(below);
  }
  rmdirSync(at);
}
