import { describe, expect, it } from 'vitest';
import { freeBlock, subordinateRanges } from '../../src/run/subordinate-ids.ts';
import { accountOf, parseAccounts } from '../../src/run/subordinate-ids-accounts.ts';

describe('the ranges of an owner', () => {
  const text = 'ann:100000:65536\nbob:165536:65536\n1000:300000:10\nann:231072:100\n';

  it('are those under its name and its uid, in the order of the file', () => {
    expect(subordinateRanges(text, ['ann', '1000'])).toEqual([
      { first: 100_000, count: 65_536 },
      { first: 300_000, count: 10 },
      { first: 231_072, count: 100 },
    ]);
    expect(subordinateRanges(text, ['nobody'])).toEqual([]);
    expect(subordinateRanges('', ['ann'])).toEqual([]);
  });

  it.each([
    ['a comment', '# ann:100000:65536'],
    ['too few fields', 'ann:100000'],
    ['too many', 'ann:100000:1:1'],
    ['spaces', 'ann: 100000:65536'],
    ['a sign', 'ann:-1:65536'],
    ['hexadecimal', 'ann:0x1000:1'],
    ['an empty range', 'ann:100000:0'],
    ['the host’s root', 'ann:0:1000'],
    ['2^32 - 1, which is no id', 'ann:4294967294:2'],
    ['numbers beyond 32 bits', 'ann:99999999999:1'],
  ])('are not taken from a line with %s', (_, line) => {
    expect(subordinateRanges(`${line}\n`, ['ann', '# ann'])).toEqual([]);
  });

  it('do not overlap, as the kernel takes no map that does', () => {
    const overlapping = 'ann:100000:10\nann:100005:10\nann:100010:10\nann:100000:10\n';
    expect(subordinateRanges(overlapping, ['ann'])).toEqual([
      { first: 100_000, count: 10 },
      { first: 100_010, count: 10 },
    ]);
  });
});

describe('a free block', () => {
  it('starts at 100000 where nobody has anything there', () => {
    expect(freeBlock([])).toEqual({ first: 100_000, count: 65_536 });
    expect(freeBlock([{ first: 99_999, count: 1 }])).toEqual({ first: 100_000, count: 65_536 });
  });

  it('is none in which a single id is anybody’s', () => {
    expect(freeBlock([{ first: 165_535, count: 1 }])?.first).toBe(165_536);
    expect(freeBlock([{ first: 100_000, count: 1_000_000 }])?.first).toBe(100_000 + 16 * 65_536);
  });

  it('is not there where everything is taken', () => {
    expect(freeBlock([{ first: 1, count: 2 ** 32 - 2 }])).toBeUndefined();
  });
});

describe('accounts', () => {
  it('are read from passwd(5) and group(5)', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/bash\nann:x:1000:1001::/home/ann:/bin/sh\n';
    expect(accountOf(passwd, 1000)).toEqual({ name: 'ann', id: 1000, gid: 1001 });
    expect(accountOf(passwd, 1)).toBeUndefined();
    expect(parseAccounts('wheel:x:10:ann,bob\n')).toEqual([{ name: 'wheel', id: 10, gid: undefined }]);
  });

  it.each(['+::::::', 'ann', 'ann:x', 'ann:x::', 'ann:x:1a:1:', '#ann:x:-1:1:', ' ann:x:1:1:', ''])(
    'are not read from %j',
    (line) => {
      expect(parseAccounts(line)).toEqual([]);
    },
  );
});
