import type { Machine } from './elf-header.ts';

/** Sonames and the absolute paths that ldconfig(8) found for them. */
export type LdSoCache = ReadonlyMap<string, string>;

// dl-cache.h and ldconfig.h of glibc: sizes in bytes, and the flags of a 64-bit libc6 library.
const newMagic = 'glibc-ld.so.cache1.1';
const oldMagic = 'ld.so-1.7.0';
const oldHeaderBytes = 16;
const oldEntryBytes = 12;
const newHeaderBytes = 48;
const newEntryBytes = 24;
const libraryFlags: Readonly<Record<Machine, number>> = { x86_64: 0x0303, aarch64: 0x0a03 };

/**
 * Parses `/etc/ld.so.cache` in the format of glibc 2.2 and later, alone or behind an old-format part.
 * Entries of other architectures and those that need some hardware capability (glibc-hwcaps) are left
 * out: an image should run on every CPU of its architecture. A cache that is not understood is
 * `undefined`, since ld.so ignores such a one as well.
 */
export function parseLdSoCache(bytes: Buffer, machine: Machine): LdSoCache | undefined {
  const start = newFormatStart(bytes);
  if (start === undefined) return undefined;
  const cache = bytes.subarray(start);
  if (cache.length < newHeaderBytes || cache.toString('latin1', 0, newMagic.length) !== newMagic) {
    return undefined;
  }
  const count = cache.readUInt32LE(20);
  if (newHeaderBytes + count * newEntryBytes > cache.length) return undefined;

  const libraries = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const entry = cache.subarray(newHeaderBytes + index * newEntryBytes);
    if (entry.readUInt32LE(0) !== libraryFlags[machine] || entry.readBigUInt64LE(16) !== 0n) continue;
    const name = textAt(cache, entry.readUInt32LE(4));
    const path = textAt(cache, entry.readUInt32LE(8));
    if (name === undefined || !path?.startsWith('/')) return undefined;
    // The first entry of a name is the one that ld.so takes.
    if (!libraries.has(name)) libraries.set(name, path);
  }
  return libraries;
}

function newFormatStart(bytes: Buffer): number | undefined {
  if (bytes.length < oldHeaderBytes) return undefined;
  if (bytes.toString('latin1', 0, oldMagic.length) !== oldMagic) return 0;
  const end = oldHeaderBytes + bytes.readUInt32LE(12) * oldEntryBytes;
  // The new part is aligned as its 64-bit fields are.
  return Math.ceil(end / 8) * 8;
}

function textAt(bytes: Buffer, at: number): string | undefined {
  const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
  return end === -1 ? undefined : bytes.toString('utf8', at, end);
}
