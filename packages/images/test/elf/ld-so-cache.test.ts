import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLdSoCache } from '../../src/elf/ld-so-cache.ts';

type Entry = readonly [name: string, path: string, flags: number, hwcap?: bigint];

function makeCache(entries: readonly Entry[]): Buffer {
  const stringsAt = 48 + entries.length * 24;
  const header = Buffer.alloc(stringsAt);
  header.write('glibc-ld.so.cache1.1', 'latin1');
  header.writeUInt32LE(entries.length, 20);
  let strings = '';
  const text = (value: string): number => {
    const at = stringsAt + strings.length;
    strings += `${value}\0`;
    return at;
  };
  entries.forEach(([name, path, flags, hwcap = 0n], index) => {
    const at = 48 + index * 24;
    header.writeUInt32LE(flags, at);
    header.writeUInt32LE(text(name), at + 4);
    header.writeUInt32LE(text(path), at + 8);
    header.writeBigUInt64LE(hwcap, at + 16);
  });
  return Buffer.concat([header, Buffer.from(strings)]);
}

describe('parseLdSoCache', () => {
  const cache = makeCache([
    ['libz.so.1', '/lib64/glibc-hwcaps/x86-64-v3/libz.so.1', 0x303, 1n << 62n],
    ['libz.so.1', '/lib64/libz.so.1', 0x303],
    ['libz.so.1', '/usr/lib64/libz.so.1', 0x303],
    ['libz.so.1', '/lib/libz.so.1', 0x3],
    ['libz.so.1', '/lib/aarch64-linux-gnu/libz.so.1', 0xa03],
  ]);

  it('takes the first entry of this architecture that needs no special CPU', () => {
    expect(parseLdSoCache(cache, 'x86_64')).toEqual(new Map([['libz.so.1', '/lib64/libz.so.1']]));
    expect(parseLdSoCache(cache, 'aarch64')?.get('libz.so.1')).toBe('/lib/aarch64-linux-gnu/libz.so.1');
  });

  it('finds the new format behind an old one', () => {
    const old = Buffer.alloc(16 + 12 + 4);
    old.write('ld.so-1.7.0', 'latin1');
    old.writeUInt32LE(1, 12);
    expect(parseLdSoCache(Buffer.concat([old, cache]), 'x86_64')?.size).toBe(1);
  });

  it('understands the cache of this host', (context) => {
    if (!existsSync('/etc/ld.so.cache')) context.skip('no /etc/ld.so.cache here');
    const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
    const libraries = parseLdSoCache(readFileSync('/etc/ld.so.cache'), machine);
    expect(existsSync(libraries?.get('libc.so.6') ?? '')).toBe(true);
  });

  it('makes nothing of other bytes, and throws nothing', () => {
    expect(parseLdSoCache(Buffer.from('ld.so-1.7.0 but short'), 'x86_64')).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(cache.length - 1), fc.nat(255), fc.nat(cache.length), (at, value, cut) => {
        const bytes = Buffer.from(cache);
        bytes[at] = value;
        parseLdSoCache(bytes, 'x86_64');
        parseLdSoCache(bytes.subarray(0, cut), 'x86_64');
      }),
    );
  });
});
