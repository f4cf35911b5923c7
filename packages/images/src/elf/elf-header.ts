import type { ByteSource } from './byte-source.ts';
import { ElfError } from './elf-error.ts';

/** The architectures that tctl runs on, by the names of `process.arch`'s kin in uname(2). */
export type Machine = 'x86_64' | 'aarch64';

/** One program header of elf(5); offsets and sizes in bytes. */
export interface Segment {
  type: number;
  offset: number;
  virtualAddress: number;
  fileSizeBytes: number;
}

export interface ElfHeader {
  machine: Machine;
  segments: readonly Segment[];
}

// elf(5). Values of e_machine and p_type, and the sizes of Elf64_Ehdr and Elf64_Phdr.
const machines: Readonly<Record<number, Machine>> = { 62: 'x86_64', 183: 'aarch64' };
const headerBytes = 64;
const segmentBytes = 56;
// Real files have about a dozen segments. The bound also refuses PN_XNUM (0xffff), which only core dumps use.
const maxSegments = 1024;

/** Reads the ELF header and its program headers. */
export function readElfHeader(source: ByteSource): ElfHeader {
  const header = source.read(0, headerBytes);
  if (header.length < 4 || header.readUInt32BE(0) !== 0x7f454c46) {
    throw new ElfError('ELF_NOT_ELF', source.path, 'no ELF magic at its start');
  }
  if (header.length < headerBytes) throw malformed(source, 'it ends within the ELF header');
  if (header[4] !== 2 || header[5] !== 1) {
    throw new ElfError('ELF_UNSUPPORTED', source.path, 'not a 64-bit little-endian file');
  }
  const number = header.readUInt16LE(18);
  const machine = machines[number];
  if (machine === undefined) {
    throw new ElfError('ELF_UNSUPPORTED', source.path, `machine ${number} is neither x86-64 nor aarch64`);
  }
  return { machine, segments: readSegments(source, header) };
}

function readSegments(source: ByteSource, header: Buffer): Segment[] {
  const count = header.readUInt16LE(56);
  if (count === 0) return [];
  if (count > maxSegments) throw malformed(source, `it claims ${count} program headers`);
  if (header.readUInt16LE(54) !== segmentBytes) throw malformed(source, 'program headers of an odd size');
  const table = readExactly(source, readOffset(source, header, 32), count * segmentBytes, 'program headers');
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * segmentBytes, (index + 1) * segmentBytes);
    return {
      type: entry.readUInt32LE(0),
      offset: readOffset(source, entry, 8),
      virtualAddress: readOffset(source, entry, 16),
      fileSizeBytes: readOffset(source, entry, 32),
    };
  });
}

/** A 64-bit field as a number. Above 2^53 no file has such an offset, so it is malformed. */
export function readOffset(source: ByteSource, buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed(source, `a field of value ${value}`);
  return Number(value);
}

export function readExactly(source: ByteSource, offset: number, length: number, what: string): Buffer {
  const bytes = offset + length <= source.sizeBytes ? source.read(offset, length) : Buffer.alloc(0);
  if (bytes.length !== length) throw malformed(source, `${what} lie beyond the end of the file`);
  return bytes;
}

export function malformed(source: ByteSource, problem: string): ElfError {
  return new ElfError('ELF_MALFORMED', source.path, problem);
}
