import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { walkLayer } from '../../src/out/changes.ts';
import { gzipped } from '../../src/out/commit.ts';
import { diffLayers, exportTree } from '../../src/out/export.ts';
import { type Found, walkMerged } from '../../src/out/merged-tree.ts';
import { tarOf } from '../../src/out/tar-stream.ts';
import { removeTree } from '../../src/store/remove-tree.ts';
import type { TarEntry } from '../../src/tar/entry.ts';
import { TarParser } from '../../src/tar/parser.ts';
import { useScratch } from '../support/scratch.ts';

const scratchDirectory = useScratch();

function tree(): string {
  const root = scratchDirectory();
  for (const name of ['a', 'b/c', 'd']) mkdirSync(join(root, name), { recursive: true });
  for (const name of ['a/f', 'b/c/f', 'd/f', 'e']) writeFileSync(join(root, name), name);
  return root;
}

/** As a container may that goes on meanwhile. */
function* removing(walk: Iterable<Found>, at: string, ...paths: readonly string[]): Generator<Found> {
  for (const found of walk) {
    if (found.path === at) for (const path of paths) rmSync(path, { recursive: true });
    yield found;
  }
}

async function namesIn(archive: AsyncIterable<Buffer>): Promise<string[]> {
  const names: string[] = [];
  const parser = new TarParser({ entry: ({ path }: TarEntry) => names.push(path), data() {}, end() {} });
  for await (const piece of archive) parser.write(piece);
  parser.finish();
  return names;
}

describe('a tree that changes while it is read', () => {
  it('is listed as it was, or without what has gone, but always to its end', () => {
    const walked = (walk: (root: string) => Iterable<Found>) => {
      const root = tree();
      const gone = ['a/f', 'b', 'e'].map((name) => join(root, name));
      return [...removing(walk(root), 'a', ...gone)].map(({ path }) => path);
    };
    expect(walked(walkLayer)).toEqual(['', 'a', 'd', 'd/f']);
    // What a directory has in it, in all of its layers, was looked at before.
    expect(walked((root) => walkMerged([root]))).toEqual(['', 'a', 'b', 'd', 'd/f', 'e']);
  });

  it('is archived without what goes when it is its turn', async () => {
    const root = tree();
    const walk = removing(removing(walkMerged([root]), 'b/c', join(root, 'b/c')), 'e', join(root, 'e'));
    expect(await namesIn(tarOf(walk))).toEqual(['./', 'a/', 'a/f', 'b/', 'd/', 'd/f']);
  });
});

describe('a tree as wide or as deep as nobody makes one', () => {
  it('takes no descriptor for each directory of a directory', () => {
    const root = scratchDirectory();
    for (let index = 0; index < 300; index += 1) mkdirSync(join(root, `d${index}`));
    const before = readdirSync('/proc/self/fd').length;
    let most = 0;
    for (const _ of walkMerged([root, root])) most = Math.max(most, readdirSync('/proc/self/fd').length);
    expect(most - before).toBeLessThan(20);
  });

  it('is refused where it is nested too deep', async () => {
    const root = scratchDirectory();
    let at = root;
    for (let depth = 0; depth < 1100; depth += 1) {
      at = join(at, 'd');
      mkdirSync(at);
    }
    expect(() => diffLayers([root, scratchDirectory()])).toThrow(
      expect.objectContaining({ code: 'TOO_DEEP' }),
    );
    await expect(namesIn(exportTree([root]))).rejects.toMatchObject({ code: 'TOO_DEEP' });
    removeTree(join(root, 'd'));
  });
});

describe('a layer that is compressed', () => {
  it('is read no further where nobody takes it', async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        for (;;) yield randomBytes(1 << 16);
      } finally {
        isClosed = true;
      }
    };
    for await (const _ of gzipped(source())) break;
    expect(isClosed).toBe(true);
  });
});
