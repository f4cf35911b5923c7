import {
  chmodSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { openFlags, Pin } from '@tc/linux';

const { O_DIRECTORY, O_NOFOLLOW } = constants;

/** Each level takes a descriptor. */
const mostNested = 64;

/**
 * Removes a tree of the store. Node's own rm() decodes names, and so does not find those that are no UTF-8; and it names
 * all by whole paths, while archives, through their links, and containers nest deeper than a path may be long.
 */
export function removeTree(path: string | Buffer): void {
  const at = Buffer.from(path as string);
  const stats = lstatSync(at, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    unlinkSync(at);
    return;
  }
  {
    using top = new Pin(openSync(at, openFlags.O_PATH | O_DIRECTORY | O_NOFOLLOW));
    // What was moved up is there for the next turn.
    do removeBelow(top, top, 0);
    while (readdirSync(top.path).length > 0);
  }
  rmdirSync(at);
}

function removeBelow(directory: Pin, top: Pin, depth: number): void {
  allow(directory);
  for (const entry of readdirSync(directory.path, { encoding: 'buffer', withFileTypes: true })) {
    const at = directory.child(entry.name);
    if (!entry.isDirectory()) {
      unlinkSync(at);
      continue;
    }
    {
      using below = directory.directory(entry.name);
      if (depth < mostNested) removeBelow(below, top, depth + 1);
      else allow(below); // its `..` changes
    }
    if (depth < mostNested) rmdirSync(at);
    else renameSync(at, mkdtempSync(`${top.path}/`));
  }
}

/** An ordinary user's own directory may have lost its permissions to an image. */
function allow(directory: Pin): void {
  if ((directory.stats().mode & 0o700) !== 0o700) chmodSync(directory.path, 0o700);
}
