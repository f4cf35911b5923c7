import { type ByteSource, withFileSource } from './byte-source.ts';
import {
  type Machine,
  malformed,
  readElfHeader,
  readExactly,
  readOffset,
  type Segment,
} from './elf-header.ts';

/** What ld.so(8) needs to know of a program or library before it loads it. */
export interface ElfInfo {
  machine: Machine;
  /** PT_INTERP: the absolute path of the loader; undefined for a static program and for most libraries. */
  interpreter: string | undefined;
  /** DT_SONAME. */
  soname: string | undefined;
  /** DT_NEEDED, in file order: names to search for, or paths when they hold a slash. */
  needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, split at colons, tokens such as $ORIGIN not yet expanded. */
  rpath: readonly string[];
  runpath: readonly string[];
}

// elf(5): p_type and d_tag.
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

// Bounds on what a hostile file can make us read; the largest real values are a tenth of them.
const maxDynamicBytes = 256 * 1024;
const maxStringBytes = 16 * 1024;
const usualStringBytes = 128;
const maxNeeded = 1024;

/**
 * Reads the headers of an ELF file, a few small ranges of it.
 * @throws ElfError, and nothing else, whatever the file holds
 */
export function readElf(path: string): ElfInfo {
  return withFileSource(path, parseElf);
}

/** The same for any source of bytes. */
export function parseElf(source: ByteSource): ElfInfo {
  const { machine, segments } = readElfHeader(source);
  const interp = segments.find((segment) => segment.type === PT_INTERP);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  return {
    machine,
    interpreter: interp && readInterpreter(source, interp),
    ...(dynamic ? readDynamic(source, dynamic, segments) : noLibraries),
  };
}

const noLibraries = { soname: undefined, needed: [], rpath: [], runpath: [] };

function readInterpreter(source: ByteSource, segment: Segment): string {
  if (segment.fileSizeBytes > maxStringBytes) throw malformed(source, 'the name of its loader is too long');
  const bytes = readExactly(source, segment.offset, segment.fileSizeBytes, 'the name of its loader');
  const name = textBeforeNul(source, bytes);
  if (!name.startsWith('/'))
    throw malformed(source, `its loader ${JSON.stringify(name)} is no absolute path`);
  return name;
}

function readDynamic(source: ByteSource, segment: Segment, segments: readonly Segment[]) {
  if (segment.fileSizeBytes > maxDynamicBytes) throw malformed(source, 'its dynamic section is too long');
  const tags = readTags(source, segment);
  const first = (tag: number) => tags.find((entry) => entry.tag === tag)?.value;
  const table = first(DT_STRTAB);
  if (table === undefined) return noLibraries;
  // DT_STRTAB is an address in memory; the PT_LOAD segment around it tells where that lies in the file.
  const load = segments.find(
    ({ type, virtualAddress, fileSizeBytes }) =>
      type === PT_LOAD && table >= virtualAddress && table < virtualAddress + fileSizeBytes,
  );
  if (load === undefined) throw malformed(source, 'its string table lies in no segment');
  const start = load.offset + (table - load.virtualAddress);
  const end = Math.min(start + (first(DT_STRSZ) ?? 0), source.sizeBytes);

  const text = (at: number): string => {
    if (start + at >= end) throw malformed(source, `a name at ${at}, outside its string table`);
    const read = (length: number) => source.read(start + at, Math.min(length, end - start - at));
    const short = read(usualStringBytes);
    return textBeforeNul(source, short.includes(0) ? short : read(maxStringBytes));
  };
  const optional = (tag: number): string | undefined => {
    const at = first(tag);
    return at === undefined ? undefined : text(at);
  };
  const needed = tags.filter((entry) => entry.tag === DT_NEEDED);
  if (needed.length > maxNeeded) throw malformed(source, `it names ${needed.length} libraries`);
  return {
    soname: optional(DT_SONAME),
    needed: needed.map((entry) => text(entry.value)),
    rpath: splitPath(optional(DT_RPATH)),
    runpath: splitPath(optional(DT_RUNPATH)),
  };
}

/** Only the tags that matter here; the others may hold any 64-bit value. */
const wanted: ReadonlySet<number> = new Set([
  DT_NEEDED,
  DT_STRTAB,
  DT_STRSZ,
  DT_SONAME,
  DT_RPATH,
  DT_RUNPATH,
]);

function readTags(source: ByteSource, segment: Segment): { tag: number; value: number }[] {
  const bytes = readExactly(source, segment.offset, segment.fileSizeBytes, 'its dynamic section');
  const tags: { tag: number; value: number }[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const tag = Number(bytes.readBigInt64LE(at));
    if (tag === DT_NULL) break;
    if (wanted.has(tag)) tags.push({ tag, value: readOffset(source, bytes, at + 8) });
  }
  return tags;
}

function textBeforeNul(source: ByteSource, bytes: Buffer): string {
  const end = bytes.indexOf(0);
  if (end === -1) throw malformed(source, 'a name without an end');
  return bytes.toString('utf8', 0, end);
}

const splitPath = (text: string | undefined): string[] => text?.split(':').filter(Boolean) ?? [];
