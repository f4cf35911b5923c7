/** Members as bytes: ustar headers, and pax records for what does not fit into them. Names are latin1, a character a byte. */
import type { TarEntry, TarType } from './entry.ts';
import { blockBytes } from './header.ts';
import { encodePax, formatPaxTime, type PaxRecords } from './pax.ts';
import type { Extent } from './sparse.ts';

const flags: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character device': '3',
  'block device': '4',
  directory: '5',
  FIFO: '6',
};
const nsPerSecond = 1_000_000_000n;

/** What `parser.ts` would read. */
export function encodeHeader(entry: TarEntry): Buffer {
  return encode(entry, []);
}

/**
 * Of a file with holes, in GNU's format 1.0: what follows is only what is between them, after a map of where it belongs.
 * https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html
 */
export function encodeSparseHeader(entry: TarEntry, found: readonly Extent[]): Buffer {
  // GNU tar makes the file as long as its last piece, so a hole at the end needs an empty one behind it.
  const last = found.at(-1);
  const isEnd = last !== undefined && last.offset + last.length === entry.size;
  const extents = isEnd ? found : [...found, { offset: entry.size, length: 0 }];
  const numbers = [extents.length, ...extents.flatMap(({ offset, length }) => [offset, length])];
  const lines = Buffer.from(numbers.map((each) => `${each}\n`).join(''));
  const map = Buffer.concat([lines, padding(lines.length)]);
  const stored = extents.reduce((sum, { length }) => sum + length, 0);
  const slash = entry.path.lastIndexOf('/') + 1;
  // What a program that does not know it makes of it does not take the file's place.
  const path = `${entry.path.slice(0, slash)}GNUSparseFile.0/${entry.path.slice(slash)}`;
  const header = encode({ ...entry, path, size: map.length + stored }, [
    ['GNU.sparse.major', Buffer.from('1')],
    ['GNU.sparse.minor', Buffer.from('0')],
    ['GNU.sparse.name', Buffer.from(entry.path, 'latin1')],
    ['GNU.sparse.realsize', Buffer.from(String(entry.size))],
  ]);
  return Buffer.concat([header, map]);
}

function encode(entry: TarEntry, more: PaxRecords): Buffer {
  const name = entry.type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const records: (readonly [string, Buffer])[] = [...more];
  const record = (key: string, value: string) => records.push([key, Buffer.from(value, 'latin1')]);
  const split = splitName(name);
  if (split === undefined || !isAscii(name)) record('path', name);
  if (entry.target.length > 100 || !isAscii(entry.target)) record('linkpath', entry.target);
  if (entry.uid > 0o7777777) record('uid', String(entry.uid));
  if (entry.gid > 0o7777777) record('gid', String(entry.gid));
  if (entry.size > 0o77777777777) record('size', String(entry.size));
  if (entry.mtimeNs < 0n || entry.mtimeNs % nsPerSecond !== 0n) record('mtime', formatPaxTime(entry.mtimeNs));
  for (const [key, value] of entry.xattrs) records.push([`SCHILY.xattr.${key}`, value]);

  const header = encodeBlock(entry, split ?? { name: name.slice(0, 100), prefix: '' }, flags[entry.type]);
  if (records.length === 0) return header;
  const content = encodePax(records);
  const short = { name: `PaxHeaders/${name.replaceAll('/', '_')}`.slice(0, 90), prefix: '' };
  const ofPax = {
    ...entry,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    target: '',
    major: 0,
    minor: 0,
  };
  return Buffer.concat([encodeBlock(ofPax, short, 'x'), content, padding(content.length), header]);
}

/** What follows content of so many bytes. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** Two blocks of zeros. */
export const endOfArchive = Buffer.alloc(2 * blockBytes);

function encodeBlock(
  entry: TarEntry,
  { name, prefix }: { name: string; prefix: string },
  flag: string,
): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 100, 'latin1');
  octal(block, entry.mode & 0o7777, 100, 8);
  octal(block, entry.uid > 0o7777777 ? 0 : entry.uid, 108, 8);
  octal(block, entry.gid > 0o7777777 ? 0 : entry.gid, 116, 8);
  octal(block, entry.size > 0o77777777777 ? 0 : entry.size, 124, 12);
  const seconds = entry.mtimeNs < 0n ? 0n : entry.mtimeNs / nsPerSecond;
  octal(block, Number(seconds > 0o77777777777n ? 0n : seconds), 136, 12);
  block.write(flag, 156, 1, 'latin1');
  block.write(entry.target.slice(0, 100), 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 8, 'latin1');
  octal(block, entry.major, 329, 8);
  octal(block, entry.minor, 337, 8);
  block.write(prefix, 345, 155, 'latin1');
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}

function octal(block: Buffer, value: number, at: number, length: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length, 'latin1');
}

/** A long name has a slash where it may be cut: 155 bytes before it, and 100 after. */
function splitName(name: string): { name: string; prefix: string } | undefined {
  if (name.length <= 100) return { name, prefix: '' };
  for (let slash = name.lastIndexOf('/', 155); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
    const rest = name.slice(slash + 1);
    if (rest.length > 100) return undefined;
    if (rest.length > 0) return { name: rest, prefix: name.slice(0, slash) };
  }
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
