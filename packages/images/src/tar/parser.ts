/**
 * Takes a tar archive apart as it comes, without waiting: whoever has bytes calls `write`. tar-stream, the usual parser,
 * decodes pax values as UTF-8 and does not know sparse files: capabilities and names of other encodings would not
 * survive it (docs/decisions/0009-image-store.md).
 */
import { badTar, type TarEntry, type TarSink, type TarType } from './entry.ts';
import { blockBytes, parseHeader, type TarHeader, text } from './header.ts';
import { type PaxRecords, parsePax, parsePaxNumber, parsePaxTime } from './pax.ts';
import {
  checkExtents,
  type Extent,
  ExtentLines,
  paxExtents,
  readExtentBlock,
  readHeaderExtents,
  realSize,
} from './sparse.ts';

const types: Readonly<Record<string, TarType>> = {
  '0': 'file',
  '7': 'file', // contiguous, which is nothing that Linux has
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character device',
  '4': 'block device',
  '5': 'directory',
  '6': 'FIFO',
};
const maxMetadataBytes = 1 << 20;
const xattrPrefix = 'SCHILY.xattr.';

type State = 'header' | 'metadata' | 'extent block' | 'extent lines' | 'content' | 'padding' | 'over';

export class TarParser {
  readonly #sink: TarSink;
  #state: State = 'header';
  /** What of a block, or of metadata, has come. */
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #wanted = blockBytes;
  /** What is left of the content of a file, and of its padding. */
  #left = 0;
  #padding = 0;
  #metadata: { readonly type: string; readonly size: number } | undefined;
  #longPath: string | undefined;
  #longTarget: string | undefined;
  #pax: PaxRecords = [];
  #header: TarHeader | undefined;
  #extents: Extent[] = [];
  #extent = 0;
  #inExtent = 0;
  #lines: ExtentLines | undefined;
  #open = false;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** Everything up to the end-of-archive mark has come. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** @throws TcError TAR_INVALID, TAR_UNSUPPORTED, and what the sink throws */
  write(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && this.#state !== 'over') rest = this.#take(rest);
  }

  /** @throws TcError TAR_TRUNCATED */
  finish(): void {
    if (this.#state === 'over') return;
    // Without its mark an archive may still end where a header could begin: some programs leave it out.
    const isBetween =
      this.#state === 'header' &&
      this.#partialBytes === 0 &&
      this.#longPath === undefined &&
      this.#longTarget === undefined &&
      this.#pax.length === 0;
    if (!isBetween) throw badTar('it ends in the middle', 'TAR_TRUNCATED');
  }

  #take(chunk: Buffer): Buffer {
    if (this.#state === 'content') return this.#takeContent(chunk);
    if (this.#state === 'padding') {
      const taken = Math.min(this.#padding, chunk.length);
      this.#padding -= taken;
      if (this.#padding === 0) this.#expectHeader();
      return chunk.subarray(taken);
    }
    const taken = Math.min(this.#wanted - this.#partialBytes, chunk.length);
    const isWhole = this.#partialBytes + taken === this.#wanted;
    // What has to wait is copied: the chunk is its owner's again after this call.
    this.#partial.push(isWhole ? chunk.subarray(0, taken) : Buffer.from(chunk.subarray(0, taken)));
    this.#partialBytes += taken;
    if (isWhole) {
      const [only] = this.#partial;
      const whole = this.#partial.length === 1 && only !== undefined ? only : Buffer.concat(this.#partial);
      this.#partial = [];
      this.#partialBytes = 0;
      this.#handle(whole);
    }
    return chunk.subarray(taken);
  }

  #handle(whole: Buffer): void {
    if (this.#state === 'header') this.#handleHeader(whole);
    else if (this.#state === 'metadata') this.#handleMetadata(whole);
    else if (this.#state === 'extent block') {
      if (!readExtentBlock(whole, this.#extents)) this.#begin();
    } else {
      this.#left -= blockBytes;
      const map = this.#lines?.add(whole);
      if (map !== undefined) {
        this.#extents = map.extents;
        this.#begin();
      } else if (this.#left < blockBytes) throw badTar('a map of holes ends in the middle');
    }
  }

  #expectHeader(): void {
    this.#state = 'header';
    this.#wanted = blockBytes;
  }

  #handleHeader(block: Buffer): void {
    const header = parseHeader(block);
    if (header === undefined) {
      this.#state = 'over';
      return;
    }
    if (header.size < 0) throw badTar('a size in it is negative');
    if ('LKxg'.includes(header.type)) {
      if (header.size > maxMetadataBytes) throw badTar('a header in it is too large');
      this.#metadata = { type: header.type, size: header.size };
      this.#state = 'metadata';
      this.#wanted = padded(header.size);
      if (this.#wanted === 0) this.#handleMetadata(Buffer.alloc(0));
      return;
    }
    // Kept: the chunk that it is part of is its owner's again after this call.
    this.#header = { ...header, block: Buffer.from(block) };
    this.#prepare(this.#header);
  }

  #handleMetadata(whole: Buffer): void {
    const { type = '', size = 0 } = this.#metadata ?? {};
    const content = Buffer.from(whole.subarray(0, size));
    if (type === 'L') this.#longPath = text(content, 0, content.length);
    else if (type === 'K') this.#longTarget = text(content, 0, content.length);
    else if (type === 'x') this.#pax = parsePax(content);
    // 'g' would change the members after it. Nobody who makes images uses it but for comments: git archive.
    this.#expectHeader();
  }

  /** Which of the content is where. */
  #prepare(header: TarHeader): void {
    const stored = this.#paxNumber('size') ?? header.size;
    this.#extents = [];
    this.#lines = undefined;
    const type = types[header.type];
    if (type === undefined)
      throw badTar(`a member has the type ${JSON.stringify(header.type)}`, 'TAR_UNSUPPORTED');
    // By the other types' headers, no content follows, whatever size they say (as Go's archive/tar has it).
    this.#left = type === 'file' ? stored : 0;
    this.#padding = padded(this.#left) - this.#left;
    if (header.type === 'S') {
      if (readHeaderExtents(header.block, this.#extents)) {
        this.#state = 'extent block';
        this.#wanted = blockBytes;
        return;
      }
    } else if (type === 'file' && this.#paxText('GNU.sparse.major') === '1') {
      if (stored < blockBytes) throw badTar('a file with holes has no map of them');
      this.#lines = new ExtentLines();
      this.#state = 'extent lines';
      this.#wanted = blockBytes;
      return;
    } else if (type === 'file') {
      this.#extents = paxExtents(this.#pax) ?? [{ offset: 0, length: stored }];
    }
    this.#begin();
  }

  #begin(): void {
    const entry = this.#toEntry();
    if (entry.type === 'file') checkExtents(this.#extents, entry.size, this.#left);
    else {
      // A directory of the oldest format, with the type of a file: what follows it is nothing's content.
      this.#padding += this.#left;
      this.#left = 0;
    }
    [this.#extent, this.#inExtent] = [0, 0];
    this.#longPath = undefined;
    this.#longTarget = undefined;
    this.#pax = [];
    this.#open = true;
    this.#sink.entry(entry);
    this.#state = 'content';
    if (this.#left === 0) this.#endContent();
  }

  #takeContent(chunk: Buffer): Buffer {
    let extent = this.#extents[this.#extent];
    while (extent !== undefined && this.#inExtent === extent.length) {
      this.#extent += 1;
      this.#inExtent = 0;
      extent = this.#extents[this.#extent];
    }
    if (extent === undefined) throw badTar('a map of holes does not fit');
    const taken = Math.min(chunk.length, extent.length - this.#inExtent);
    this.#sink.data(chunk.subarray(0, taken), extent.offset + this.#inExtent);
    this.#inExtent += taken;
    this.#left -= taken;
    if (this.#left === 0) this.#endContent();
    return chunk.subarray(taken);
  }

  #endContent(): void {
    if (this.#open) this.#sink.end();
    this.#open = false;
    if (this.#padding > 0) this.#state = 'padding';
    else this.#expectHeader();
  }

  #paxText(key: string): string | undefined {
    return this.#pax.findLast(([each]) => each === key)?.[1].toString('latin1');
  }

  /** An empty value takes back what was said before: there is nothing. */
  #paxNumber(key: string): number | undefined {
    const value = this.#pax.findLast(([each]) => each === key)?.[1];
    return value === undefined || value.length === 0 ? undefined : parsePaxNumber(value);
  }

  #toEntry(): TarEntry {
    const header = this.#header as TarHeader;
    const path = this.#paxText('GNU.sparse.name') ?? (this.#paxText('path') || this.#longPath) ?? header.path;
    const isOldDirectory = header.type === '0' && path.endsWith('/');
    const type = isOldDirectory ? 'directory' : (types[header.type] as TarType);
    const sparseSize =
      header.type === 'S'
        ? realSize(header.block)
        : (this.#paxNumber('GNU.sparse.realsize') ?? this.#paxNumber('GNU.sparse.size'));
    const mtime = this.#paxText('mtime');
    return {
      path,
      type,
      mode: header.mode,
      uid: this.#paxNumber('uid') ?? header.uid,
      gid: this.#paxNumber('gid') ?? header.gid,
      size: type === 'file' ? (sparseSize ?? this.#left) : 0,
      mtimeNs: mtime ? parsePaxTime(mtime) : BigInt(header.mtimeSeconds) * 1_000_000_000n,
      target: (this.#paxText('linkpath') || this.#longTarget) ?? header.target,
      major: header.major,
      minor: header.minor,
      xattrs: new Map(
        this.#pax
          .filter(([key]) => key.startsWith(xattrPrefix))
          .map(([key, value]) => [key.slice(xattrPrefix.length), value]),
      ),
    };
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}
