import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ImageStore } from '@tc/images';
import { beforeEach, describe, expect, it } from 'vitest';
import { quickMachine } from '../support/installed.ts';
import { newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';
import { type Member, tarArchive } from '../support/tar-archive.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const newStore = () => new ImageStore({ dataDir: newDirectory() });

/** Everything below a directory, with what it is made of: nothing of it may change. */
function snapshot(path: string): string {
  return execFileSync('sh', ['-c', `cd ${path} && find . -printf '%p %y %m %U %T@ %s %l\\n' | sort`], {
    encoding: 'utf8',
  });
}

/** Unpacks with a canary beside the store, and shows that it is as it was. */
async function refused(members: readonly Member[] | Buffer, store = newStore()): Promise<string> {
  const canary = join(store.directory, '../../canary');
  mkdirSync(canary, { recursive: true });
  writeFileSync(join(canary, 'file'), 'untouched');
  const before = snapshot(canary);
  const bytes = Buffer.isBuffer(members) ? members : tarArchive(members);
  const error = await refusal(store.import(once(bytes), 'hostile'));
  expect(snapshot(canary)).toBe(before);
  expect(await store.list()).toEqual([]);
  expect(readdirSync(join(store.directory, 'layers'))).toEqual([]);
  expect(readdirSync(join(store.directory, 'ingest'))).toEqual([]);
  return String(error['code']);
}

/** The directory of the layer of a good archive. */
async function unpacked(members: readonly Member[] | Buffer): Promise<string> {
  const bytes = Buffer.isBuffer(members) ? members : tarArchive(members);
  const store = newStore();
  const { digest } = await store.import(once(bytes));
  const { rootfs } = await store.get(digest);
  return rootfs[0] ?? '';
}

const up = '../'.repeat(12);

describe('an archive that wants to leave its root', () => {
  it.each<[string, Member[]]>([
    ['an absolute name', [{ name: '/tmp/tctl-escape' }]],
    ['".." in a name', [{ name: `${up}tmp/tctl-escape` }]],
    ['".." in the middle of a name', [{ name: 'a/../../x' }]],
    ['a name of pax that is absolute', [{ name: 'x', pax: { path: '/tmp/tctl-escape' } }]],
    [
      'a link to a directory outside, and a file in it',
      [{ name: 'l', type: '2', target: '/tmp' }, { name: 'l/tctl-escape' }],
    ],
    [
      'a relative link outside',
      [{ name: 'a/l', type: '2', target: `${up}tmp` }, { name: 'a/l/tctl-escape' }],
    ],
    [
      'a chain of links, each of them inside',
      [
        { name: 'a', type: '5' },
        { name: 'a/b', type: '2', target: '..' },
        { name: 'c', type: '2', target: 'a/b/..' },
        { name: 'c/tctl-escape' },
      ],
    ],
    ['a link to nothing as a directory', [{ name: 'l', type: '2', target: 'nowhere' }, { name: 'l/x' }]],
    ['a circle of links', [{ name: 'l', type: '2', target: 'l' }, { name: 'l/x' }]],
    ['a hard link to ".."', [{ name: 'h', type: '1', target: `${up}etc/passwd` }]],
    [
      'a hard link through a link',
      [
        { name: 'l', type: '2', target: '/etc' },
        { name: 'h', type: '1', target: 'l/passwd' },
      ],
    ],
    ['a whiteout of ".."', [{ name: 'a/.wh...' }]],
    ['a whiteout of nothing', [{ name: 'a/.wh.' }]],
    [
      'an opaque directory through a link',
      [{ name: 'l', type: '2', target: '/tmp' }, { name: 'l/.wh..wh..opq' }],
    ],
    ['a link to /proc', [{ name: 'l', type: '2', target: '/proc/self/root' }, { name: 'l/tctl-escape' }]],
  ])('is refused: %s', async (_, members) => {
    expect(await refused(members)).toBe('LAYER_ESCAPES');
    expect(existsSync('/tmp/tctl-escape')).toBe(false);
  });

  it.each<[string, string, Member[]]>([
    ['a hard link to what is not there', 'LAYER_CONFLICT', [{ name: 'h', type: '1', target: 'etc/passwd' }]],
    [
      'an absolute hard link to a file of the host',
      'LAYER_CONFLICT',
      [{ name: 'h', type: '1', target: '/etc/passwd' }],
    ],
    ['a file as a directory', 'LAYER_CONFLICT', [{ name: 'f' }, { name: 'f/x' }]],
    ['a NUL in a name', 'LAYER_INVALID', [{ name: 'x', pax: { path: 'a\0b' } }]],
    ['a name of 256 bytes', 'LAYER_INVALID', [{ name: 'x', pax: { path: 'n'.repeat(256) } }]],
    ['an owner beyond 32 bits', 'LAYER_INVALID', [{ name: 'x', pax: { uid: String(2 ** 33) } }]],
    [
      'an attribute of more than 64 KiB',
      'TAR_INVALID',
      [{ name: 'x', pax: { 'SCHILY.xattr.user.a': 'x'.repeat(2 ** 16 + 1) } }],
    ],
    ['a path of more than 2048 bytes', 'LAYER_INVALID', [{ name: 'x', pax: { path: 'nn/'.repeat(700) } }]],
  ])('is refused as well: %s', async (_, code, members) => {
    expect(await refused(members)).toBe(code);
  });

  it('may replace a link that it made by a directory, and the link’s target stays as it is', async () => {
    const root = await unpacked([
      { name: 'there/', type: '5', mode: 0o700 },
      { name: 'l', type: '2', target: 'there' },
      { name: 'l/', type: '5', mode: 0o755 },
      { name: 'l/x', content: 'in it' },
    ]);
    expect(readdirSync(join(root, 'there'))).toEqual([]);
    expect(readFileSync(join(root, 'l/x'), 'utf8')).toBe('in it');
  });

  it('never writes through a link: a file takes its place', async () => {
    const root = await unpacked([
      { name: 'f', content: 'first' },
      { name: 'l', type: '2', target: 'f' },
      { name: 'l', content: 'second' },
      { name: 'h', type: '1', target: 'f' },
      { name: 'h', content: 'third' },
    ]);
    expect(['f', 'l', 'h'].map((name) => readFileSync(join(root, name), 'utf8'))).toEqual([
      'first',
      'second',
      'third',
    ]);
  });

  it('may have links within itself as directories', async () => {
    const root = await unpacked([
      { name: 'usr/lib/', type: '5' },
      { name: 'lib', type: '2', target: 'usr/lib' },
      { name: 'lib/x' },
    ]);
    expect(readdirSync(join(root, 'usr/lib'))).toEqual(['x']);
  });

  it('may replace what is in a directory: the last member of a name counts', async () => {
    const store = newStore();
    const bytes = tarArchive([
      { name: 'd/', type: '5', mode: 0o750 },
      { name: 'd/f', content: 'first' },
      { name: 'd/link', type: '2', target: 'f' },
      { name: 'd/link', type: '2', target: 'nowhere' },
      { name: 'd/file/', type: '5' },
      { name: 'd/file/below' },
      { name: 'd/file', content: 'last' },
      { name: 'd/directory', type: '2', target: 'f' },
      { name: 'd/directory/', type: '5' },
      { name: 'd/hard/', type: '5' },
      { name: 'd/hard', type: '1', target: 'd/f' },
    ]);
    const { digest } = await store.import(once(bytes));
    const root = (await store.get(digest)).rootfs[0] ?? '';
    const at = (name: string) => join(root, 'd', name);
    expect(readlinkSync(at('link'))).toBe('nowhere');
    expect(readFileSync(at('file'), 'utf8')).toBe('last');
    expect(readdirSync(at('directory'))).toEqual([]);
    expect(readFileSync(at('hard'), 'utf8')).toBe('first');
    expect(statSync(join(root, 'd')).mode & 0o777).toBe(0o750);
    expect(await store.verify()).toEqual([]);
  });

  it('may have a hard link in each of many directories to a file in another one', async () => {
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    // With one directory more before them, others are the first that are closed for a new one.
    for (const more of [0, 1]) {
      const root = await unpacked([
        ...(more === 1 ? [{ name: 'more/f' }] : []),
        ...numbers.map((number) => ({ name: `a${number}/f`, content: String(number) })),
        ...numbers.map((number) => ({ name: `b${number}/f`, type: '1', target: `a${number}/f` })),
      ]);
      for (const number of numbers)
        expect(readFileSync(join(root, `b${number}/f`), 'utf8')).toBe(String(number));
    }
  });

  it('is removed, however deep its links have led it', async () => {
    const long = Array.from({ length: 600 }, () => 'dd').join('/');
    const store = newStore();
    const bytes = tarArchive([
      { name: 'x', type: '5', pax: { path: long } },
      { name: 'l1', type: '2', pax: { linkpath: long } },
      { name: 'x', type: '5', pax: { path: `l1/${long}` } },
      { name: 'l2', type: '2', pax: { linkpath: `l1/${long}` } },
      { name: 'x', type: '5', pax: { path: `l2/${long}` } },
    ]);
    const { digest } = await store.import(once(bytes));
    expect(await store.remove(digest)).toMatchObject({ removed: true });
    expect(readdirSync(join(store.directory, 'layers'))).toEqual([]);
    expect(readdirSync(join(store.directory, 'ingest'))).toEqual([]);
  });

  it('gets no devices, and no whiteouts of its own making', async () => {
    const root = await unpacked([
      { name: 'null', type: '3', device: [1, 3] },
      { name: 'disk', type: '4', device: [8, 0] },
      { name: 'hidden', type: '3', device: [0, 0] },
      { name: 'pipe', type: '6' },
    ]);
    expect(readdirSync(root)).toEqual(['pipe']);
    expect(statSync(join(root, 'pipe')).isFIFO()).toBe(true);
  });
});

describe('an archive that is too much', () => {
  const store = () => newStore();

  it('is refused by the number of its members', async () => {
    const bytes = tarArchive(Array.from({ length: 101 }, (_, n) => ({ name: `f${n}` })));
    const error = await refusal(store().import(once(bytes), undefined, { rules: { maxEntries: 100 } }));
    expect(error).toMatchObject({ code: 'LAYER_TOO_LARGE' });
  });

  it('is refused by the size of its files', async () => {
    const bytes = tarArchive([{ name: 'f', content: Buffer.alloc(1000) }]);
    const error = await refusal(store().import(once(bytes), undefined, { rules: { maxBytes: 999 } }));
    expect(error).toMatchObject({ code: 'LAYER_TOO_LARGE' });
  });

  it('is refused when it unfolds: a bomb', async () => {
    const zeros = tarArchive([{ name: 'f', content: Buffer.alloc(300 * 2 ** 20) }]);
    const error = await refusal(store().import(once(gzipSync(zeros, { level: 9 })), undefined));
    expect(error).toMatchObject({ code: 'LAYER_TOO_LARGE' });
  });
});

describe('an archive that is none', () => {
  const good = tarArchive([{ name: 'f', content: 'text' }]);

  it.each<[string, string, () => Buffer]>([
    ['text', 'TAR_INVALID', () => Buffer.alloc(2048, 'no archive at all ')],
    ['one that ends in a file', 'TAR_TRUNCATED', () => good.subarray(0, 700)],
    ['one that ends in a header', 'TAR_TRUNCATED', () => good.subarray(0, 300)],
    ['a gzip that ends early', 'TAR_COMPRESSION', () => gzipSync(good).subarray(0, 60)],
    ['a gzip that is damaged', 'TAR_COMPRESSION', () => gzipSync(good).fill(0xff, 20, 40)],
    ['bzip2', 'COMPRESSION_UNSUPPORTED', () => Buffer.from('BZh91AY&SY and so on')],
    ['a wrong checksum', 'TAR_INVALID', () => Buffer.from(good).fill('9', 0, 1)],
    ['a type that nobody knows', 'TAR_UNSUPPORTED', () => tarArchive([{ name: 'f', type: 'Z' }])],
    [
      'a size that is no number',
      'TAR_INVALID',
      () => tarArchive([{ name: 'f', patch: (header) => header.write('x', 124) }]),
    ],
    [
      'a negative size',
      'TAR_INVALID',
      () => tarArchive([{ name: 'f', patch: (header) => header.fill(0xff, 124, 136) }]),
    ],
    [
      'a pax record longer than its header',
      'TAR_INVALID',
      () => tarArchive([{ name: 'x', type: 'x', content: '99 path=a\n' }]),
    ],
    [
      'a pax header of a gigabyte',
      'TAR_INVALID',
      () => tarArchive([{ name: 'x', type: 'x', size: 2 ** 30 }]),
    ],
    [
      'a long name and nothing that has it',
      'TAR_TRUNCATED',
      () => tarArchive([{ name: 'L', type: 'L', content: 'n\0' }], { ended: false }),
    ],
    [
      'a map of holes that overlaps',
      'TAR_INVALID',
      () =>
        tarArchive([
          { name: 'f', content: 'abcd', pax: { 'GNU.sparse.map': '0,2,1,2', 'GNU.sparse.size': '9' } },
        ]),
    ],
    [
      'a map of holes beyond the end',
      'TAR_INVALID',
      () =>
        tarArchive([
          { name: 'f', content: 'abcd', pax: { 'GNU.sparse.map': '8,4', 'GNU.sparse.size': '9' } },
        ]),
    ],
  ])('is refused: %s', async (_, code, bytes) => {
    expect(await refused(bytes())).toBe(code);
  });
});
