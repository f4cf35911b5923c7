import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkName, findId, listIds, listLinks, randomId } from '../../src/state/names.ts';

describe('a name', () => {
  it.each(['a', 'web', 'web-1', '0', 'a.b_c', 'x'.repeat(63)])('may be %s', (name) => {
    expect(checkName(name)).toBe(name);
  });

  it.each(['', '.', '..', '.hidden', '-a', '_a', 'a/b', 'a b', 'ä', 'x'.repeat(64), 'a\n'])(
    'may not be %j',
    (name) => {
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );

  it('that is made is 12 hexadecimal digits, another each time', () => {
    const ids = new Set(Array.from({ length: 100 }, randomId));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('finding a container', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'names-'));
    for (const id of ['aaaaaaaaaaaa', 'aabbbbbbbbbb', 'aab-run', '.new-cccccccccccc'])
      mkdirSync(join(directory, id));
    symlinkSync('aabbbbbbbbbb', join(directory, 'web'));
    symlinkSync('dddddddddddd', join(directory, 'dangling'));
    writeFileSync(join(directory, 'file'), '');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('lists directories that are no entries of ours', () => {
    expect(listIds(directory).toSorted()).toEqual(['aaaaaaaaaaaa', 'aab-run', 'aabbbbbbbbbb']);
    expect(listIds(join(directory, 'nothing'))).toEqual([]);
  });

  it('lists names with where they lead', () => {
    expect(listLinks(directory).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'dangling', id: 'dddddddddddd' },
      { name: 'web', id: 'aabbbbbbbbbb' },
    ]);
  });

  it.each([
    ['web', 'aabbbbbbbbbb'],
    ['aaaaaaaaaaaa', 'aaaaaaaaaaaa'],
    ['aab-run', 'aab-run'],
    ['aaa', 'aaaaaaaaaaaa'],
    ['aab', 'aabbbbbbbbbb'], // a name of run() is no id that can be cut
  ])('by %s gives %s', (text, id) => {
    expect(findId(directory, text)).toBe(id);
  });

  it('by what several ids begin with is ambiguous', () => {
    expect(() => findId(directory, 'aa')).toThrow(
      expect.objectContaining({ code: 'CONTAINER_AMBIGUOUS', hint: expect.stringContaining('aabbbbbbbbbb') }),
    );
  });

  it.each(['x', 'dangling', 'file', '.new-cccccccccccc', '', '../x', 'aab-'])('by %j finds none', (text) => {
    expect(() => findId(directory, text)).toThrow(expect.objectContaining({ code: 'CONTAINER_NOT_FOUND' }));
  });
});
