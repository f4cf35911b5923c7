/** The members of an archive of images: small ones in memory, the others in files. Nothing of it is unpacked. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { TcError } from '@tc/linux';
import type { Written } from '../store/blob-file.ts';
import type { TarEntry, TarSink } from '../tar/entry.ts';
import { TarParser } from '../tar/parser.ts';
import { compressionOf, decompressionError, decompressor, startOf } from '../unpack/decompress.ts';

/** A file of the archive, hashed as it came. */
export interface ArchiveMember extends Written {
  readonly path: string;
}

export interface ArchiveContent {
  /** By their names in the archive. */
  readonly files: ReadonlyMap<string, ArchiveMember>;
}

const maxMembers = 100_000;

/** @param newPath gives a name for each file @throws TcError of the parser; LAYER_TOO_LARGE */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  newPath: () => string,
  maxBytes: number,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<ArchiveContent> {
  using sink = new MemberFiles(newPath, maxBytes);
  const parser = new TarParser(sink);
  const { first, all } = await startOf(source);
  const compression = compressionOf(first);
  await pipeline(all, decompressor(compression), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      onBytes?.(chunk.length);
      parser.write(chunk);
    }
  }).catch((error) => {
    throw decompressionError(error, compression);
  });
  parser.finish();
  return { files: sink.resolved() };
}

class MemberFiles implements TarSink, Disposable {
  readonly #newPath: () => string;
  readonly #maxBytes: number;
  readonly #files = new Map<string, ArchiveMember>();
  readonly #links = new Map<string, string>();
  #bytes = 0;
  #members = 0;
  #open:
    | { fd: number; path: string; name: string; size: number; hash: ReturnType<typeof createHash> }
    | undefined;

  constructor(newPath: () => string, maxBytes: number) {
    this.#newPath = newPath;
    this.#maxBytes = maxBytes;
  }

  entry({ type, path, target }: TarEntry): void {
    this.#members += 1;
    if (this.#members > maxMembers) throw tooLarge(`it has more than ${maxMembers} members`);
    const name = normal(path);
    // docker save has links where layers are the same: `../ID/layer.tar`.
    if (type === 'symlink' || type === 'hardlink')
      this.#links.set(name, type === 'hardlink' ? normal(target) : normal(`${name}/../${target}`));
    if (type !== 'file') return;
    const file = this.#newPath();
    this.#open = { fd: openSync(file, 'wx', 0o600), path: file, name, size: 0, hash: createHash('sha256') };
  }

  data(chunk: Buffer): void {
    if (this.#open === undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) throw tooLarge(`it has more than ${this.#maxBytes} bytes`);
    this.#open.hash.update(chunk);
    this.#open.size += chunk.length;
    for (let done = 0; done < chunk.length; ) done += writeSync(this.#open.fd, chunk, done);
  }

  end(): void {
    if (this.#open === undefined) return;
    const { fd, path, name, size, hash } = this.#open;
    this.#open = undefined;
    fsyncSync(fd);
    closeSync(fd);
    this.#files.set(name, { path, size, digest: `sha256:${hash.digest('hex')}` });
  }

  /** Links lead to files of the archive, and nowhere else: they are names in a table. */
  resolved(): Map<string, ArchiveMember> {
    for (const [name, target] of this.#links) {
      let at: string | undefined = target;
      for (let turn = 0; turn < 8 && at !== undefined && !this.#files.has(at); turn += 1)
        at = this.#links.get(at);
      const file = at === undefined ? undefined : this.#files.get(at);
      if (file !== undefined) this.#files.set(name, file);
    }
    return this.#files;
  }

  [Symbol.dispose](): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
  }
}

/** `./a//b/../c` is `a/c`. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function tooLarge(problem: string): TcError {
  return new TcError(problem, { code: 'LAYER_TOO_LARGE', operation: 'read the archive of images' });
}
