import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeStored } from '../../src/volumes/remove-stored.ts';

let parent = '';
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'tctl-stored-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

function newDirectory(): string {
  return mkdtempSync(join(parent, 'd-'));
}

describe('what containers wrote', () => {
  it('is removed with all that is in it', async () => {
    const path = newDirectory();
    mkdirSync(join(path, 'a/b/c'), { recursive: true });
    for (const name of ['file', 'a/file', 'a/b/file']) writeFileSync(join(path, name), '');
    writeFileSync(Buffer.concat([Buffer.from(`${path}/a/`), Buffer.from([0xff, 0xfe])]), ''); // no UTF-8
    await removeStored(path);
    expect(existsSync(path)).toBe(false);
  });

  it('may be removed by several at once', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const path = newDirectory();
      for (const name of ['a/b/c', 'a/d/e', 'f/g', 'h']) mkdirSync(join(path, name), { recursive: true });
      for (const name of ['a/b/c/1', 'a/d/2', 'f/g/3', 'h/4']) writeFileSync(join(path, name), '');
      await Promise.all([removeStored(path), removeStored(path), removeStored(path)]);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('is removed where its permissions are gone, by an ordinary user too', async () => {
    const path = newDirectory();
    mkdirSync(join(path, 'work/work'), { recursive: true });
    writeFileSync(join(path, 'work/work/file'), '');
    chmodSync(join(path, 'work/work'), 0);
    chmodSync(join(path, 'work'), 0o500);
    await removeStored(path);
    expect(existsSync(path)).toBe(false);
  });

  it('is removed where it is nested deeper than a path can be long', async () => {
    const path = newDirectory();
    const [inner, outer] = ['x'.repeat(200), 'y'.repeat(200)].map((name) => join(path, name)) as [
      string,
      string,
    ];
    mkdirSync(inner);
    for (let depth = 1; depth < 50; depth += 1) {
      mkdirSync(outer);
      renameSync(inner, join(outer, 'x'.repeat(200)));
      renameSync(outer, inner);
    }
    await removeStored(path);
    expect(existsSync(path)).toBe(false);
  });

  it('takes nothing with it that its links lead to', async () => {
    const [path, other] = [newDirectory(), newDirectory()];
    writeFileSync(join(other, 'file'), '');
    symlinkSync(other, join(path, 'link'));
    symlinkSync(join(other, 'file'), join(path, 'file'));
    await removeStored(path);
    expect(existsSync(join(other, 'file'))).toBe(true);
  });

  it('may be gone already', async () => {
    await removeStored(join(parent, 'nothing'));
  });

  it('is an error that says so where it can’t be removed', async () => {
    await expect(removeStored('/proc/self')).rejects.toMatchObject({
      code: 'NOT_REMOVED',
      path: '/proc/self',
    });
  });
});
