/** What a made ELF file should say of itself. */
export interface ElfParts {
  machine?: number;
  interpreter?: string;
  soname?: string;
  needed?: readonly string[];
  rpath?: string;
  runpath?: string;
}

const base = 0x400000;
const headerBytes = 64 + 3 * 56;

/** The headers of a dynamic ELF file as elf(5) has them, without any code. */
export function makeElf(parts: ElfParts = {}): Buffer {
  let strings = '\0';
  const text = (value: string): number => {
    const at = strings.length;
    strings += `${value}\0`;
    return at;
  };
  const tags: [tag: number, value: number][] = (parts.needed ?? []).map((name) => [1, text(name)]);
  if (parts.soname !== undefined) tags.push([14, text(parts.soname)]);
  if (parts.rpath !== undefined) tags.push([15, text(parts.rpath)]);
  if (parts.runpath !== undefined) tags.push([29, text(parts.runpath)]);
  const interpreter = Buffer.from(`${parts.interpreter ?? '/lib64/ld-linux-x86-64.so.2'}\0`);
  const dynamicAt = headerBytes + interpreter.length;
  const dynamicBytes = (tags.length + 3) * 16;
  const stringsAt = dynamicAt + dynamicBytes;
  tags.push([5, base + stringsAt], [10, strings.length], [0, 0]);

  const file = Buffer.alloc(stringsAt + strings.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(parts.machine ?? (process.arch === 'arm64' ? 183 : 62), 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, offset: number, size: number) => {
    const at = 64 + index * 56;
    file.writeUInt32LE(type, at);
    file.writeBigUInt64LE(BigInt(offset), at + 8);
    file.writeBigUInt64LE(BigInt(base + offset), at + 16);
    file.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(0, 1, 0, file.length);
  segment(1, 3, headerBytes, interpreter.length);
  segment(2, 2, dynamicAt, dynamicBytes);
  interpreter.copy(file, headerBytes);
  tags.forEach(([tag, value], index) => {
    file.writeBigUInt64LE(BigInt(tag), dynamicAt + index * 16);
    file.writeBigUInt64LE(BigInt(value), dynamicAt + index * 16 + 8);
  });
  file.write(strings, stringsAt, 'latin1');
  return file;
}
