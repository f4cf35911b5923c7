import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../src/elf/byte-source.ts';
import { ElfError } from '../../src/elf/elf-error.ts';
import { parseElf, readElf } from '../../src/elf/read-elf.ts';
import { makeElf } from '../support/make-elf.ts';
import { useScratch } from '../support/scratch.ts';

const scratch = useScratch();
const parse = (bytes: Uint8Array) => parseElf(bufferSource(bytes));

/** The code of the ElfError that is thrown; undefined when nothing is, and any other error passes. */
function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof ElfError) return error.code;
    throw error;
  }
}

describe('readElf', () => {
  it('reads what a made file says', () => {
    const file = makeElf({
      machine: 183,
      interpreter: '/lib/ld-linux-aarch64.so.1',
      soname: 'libme.so.1',
      needed: ['libc.so.6', 'libm.so.6'],
      rpath: '/a:$ORIGIN/../b',
      runpath: '/c::/d',
    });
    expect(parse(file)).toEqual({
      machine: 'aarch64',
      interpreter: '/lib/ld-linux-aarch64.so.1',
      soname: 'libme.so.1',
      needed: ['libc.so.6', 'libm.so.6'],
      rpath: ['/a', '$ORIGIN/../b'],
      runpath: ['/c', '/d'],
    });
  });

  it('reads the shell of this host', () => {
    const info = readElf('/bin/sh');
    expect(info.interpreter).toMatch(/^\/.*ld-/);
    expect(info.needed.length).toBeGreaterThan(0);
  });

  it('agrees with readelf on this very Node', (context) => {
    const { status, stdout: text } = spawnSync('readelf', ['-dW', process.execPath], { encoding: 'utf8' });
    if (status !== 0) context.skip('no readelf here');
    const names = [...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]);
    expect(readElf(process.execPath).needed).toEqual(names);
  });

  it.each([
    ['something else', Buffer.from('#!/bin/sh\n'), 'ELF_NOT_ELF'],
    ['an empty file', Buffer.alloc(0), 'ELF_NOT_ELF'],
    ['a header that ends early', makeElf().subarray(0, 40), 'ELF_MALFORMED'],
    ['32-bit files', Buffer.from(makeElf()).fill(1, 4, 5), 'ELF_UNSUPPORTED'],
    ['big-endian files', Buffer.from(makeElf()).fill(2, 5, 6), 'ELF_UNSUPPORTED'],
    ['other machines', makeElf({ machine: 243 }), 'ELF_UNSUPPORTED'],
    ['program headers beyond the end', Buffer.from(makeElf()).fill(0xff, 32, 36), 'ELF_MALFORMED'],
    ['a relative loader', makeElf({ interpreter: 'ld.so' }), 'ELF_MALFORMED'],
    ['a file cut within its names', makeElf({ needed: ['libc.so.6'] }).subarray(0, -4), 'ELF_MALFORMED'],
  ])('refuses %s', (_title, bytes, code) => {
    expect(codeOf(() => parse(bytes))).toBe(code);
  });

  it('says that a file can not be read, and why', () => {
    const directory = scratch();
    mkdirSync(join(directory, 'sub'));
    expect(codeOf(() => readElf(join(directory, 'none')))).toBe('ELF_UNREADABLE');
    expect(codeOf(() => readElf(join(directory, 'sub')))).toBe('ELF_UNREADABLE');
  });

  it('does not wait for a FIFO', () => {
    const fifo = join(scratch(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(codeOf(() => readElf(fifo))).toBe('ELF_UNREADABLE');
  });

  it('does not read a sparse file of a terabyte', () => {
    const file = join(scratch(), 'big');
    writeFileSync(file, makeElf({ needed: ['libc.so.6'] }));
    truncateSync(file, 2 ** 40);
    expect(readElf(file).needed).toEqual(['libc.so.6']);
  });
});

describe('whatever the bytes, only an ElfError comes out', () => {
  const quick = { numRuns: 1000 };

  it('for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void codeOf(() => parse(bytes))),
      quick,
    );
  });

  it('for random bytes behind a sound identification', () => {
    const ident = makeElf().subarray(0, 20);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 800 }), (bytes) => {
        codeOf(() => parse(Buffer.concat([ident, bytes])));
      }),
      quick,
    );
  });

  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 }));
  it.each([
    ['a made file', makeElf({ needed: ['libc.so.6', 'libm.so.6'], runpath: '$ORIGIN', soname: 'x' })],
    ['the start of the real shell', readFileSync('/bin/sh').subarray(0, 4096)],
  ])('for %s with some bytes changed', (_title, original) => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.nat(original.length),
        (changes, cut) => {
          const bytes = Buffer.from(original);
          for (const [where, value] of changes) bytes[Math.floor(where * (bytes.length - 1))] = value;
          codeOf(() => parse(bytes));
          codeOf(() => parse(bytes.subarray(0, cut)));
        },
      ),
      quick,
    );
  });

  it('for fields of extreme values', () => {
    const original = makeElf({ needed: ['libc.so.6'] });
    const extreme = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n);
    fc.assert(
      fc.property(fc.nat((original.length >> 3) - 1), extreme, (index, value) => {
        const bytes = Buffer.from(original);
        bytes.writeBigUInt64LE(value, index * 8);
        codeOf(() => parse(bytes));
      }),
      quick,
    );
  });
});
