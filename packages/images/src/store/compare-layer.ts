/** Whether a layer is still what its archive says: types, modes, owners, sizes, targets and the content of each file. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Pin } from '@tc/linux';
import type { TarEntry, TarSink, TarType } from '../tar/entry.ts';
import { TarParser } from '../tar/parser.ts';
import { compressionOf, decompressor } from '../unpack/decompress.ts';
import { Directories } from '../unpack/directories.ts';
import { componentsOf, whiteoutOf } from '../unpack/member-name.ts';
import { beginningOf } from '../unpack/unpack-file.ts';
import type { LayerRecord } from './records.ts';
import type { Store } from './store.ts';

/** @returns what is wrong, or undefined */
export async function compareLayer(
  store: Store,
  digest: string,
  record: LayerRecord,
): Promise<string | undefined> {
  const blob = store.layout.blob(digest);
  const { start } = beginningOf(blob);
  using comparison = new Comparison(store.layout.layerFiles(record.diffId), record.ownersKept);
  const parser = new TarParser(comparison);
  const hash = createHash('sha256');
  try {
    await pipeline(
      createReadStream(blob, { highWaterMark: 1 << 20 }),
      decompressor(compressionOf(start)),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          hash.update(chunk);
          parser.write(chunk);
        }
      },
    );
    parser.finish();
  } catch (error) {
    return (error as Error).message;
  }
  if (`sha256:${hash.digest('hex')}` !== record.diffId) return 'its blob is another layer';
  return comparison.problem();
}

const typeOf = (stats: Stats): TarType =>
  stats.isDirectory()
    ? 'directory'
    : stats.isSymbolicLink()
      ? 'symlink'
      : stats.isFIFO()
        ? 'FIFO'
        : stats.isCharacterDevice()
          ? 'character device'
          : stats.isBlockDevice()
            ? 'block device'
            : 'file';

/** The last member of a name counts: what comes later replaces what came before. */
class Comparison implements TarSink, Disposable {
  readonly #root: Pin;
  readonly #directories: Directories;
  readonly #ownersKept: boolean;
  readonly #expected = new Map<string, { entry: TarEntry; hash: string | undefined }>();
  #current:
    | { readonly entry: TarEntry; readonly hash: ReturnType<typeof createHash>; position: number }
    | undefined;

  constructor(root: string, ownersKept: boolean) {
    this.#root = Pin.host(root, constants.O_DIRECTORY);
    this.#directories = new Directories(this.#root);
    this.#ownersKept = ownersKept;
  }

  entry(entry: TarEntry): void {
    this.#current = { entry, hash: createHash('sha256'), position: 0 };
  }

  data(chunk: Buffer, position: number): void {
    if (this.#current === undefined) return;
    this.#fillHole(position);
    this.#current.hash.update(chunk);
    this.#current.position += chunk.length;
  }

  end(): void {
    if (this.#current === undefined) return;
    const { entry, hash } = this.#current;
    this.#fillHole(entry.size);
    const path = componentsOf(entry.path).join('/');
    // With a directory goes what was in it, but for a device, which may be left out.
    if (this.#expected.get(path)?.entry.type === 'directory' && !/directory|device/.test(entry.type))
      for (const below of this.#expected.keys())
        if (below.startsWith(`${path}/`)) this.#expected.delete(below);
    this.#expected.delete(path);
    this.#expected.set(path, { entry, hash: entry.type === 'file' ? hash.digest('hex') : undefined });
    this.#current = undefined;
  }

  #fillHole(until: number): void {
    if (this.#current === undefined) return;
    const zeros = Buffer.alloc(1 << 16);
    while (this.#current.position < until) {
      const length = Math.min(zeros.length, until - this.#current.position);
      this.#current.hash.update(zeros.subarray(0, length));
      this.#current.position += length;
    }
  }

  problem(): string | undefined {
    for (const [path, { entry, hash }] of this.#expected) {
      const components = path === '' ? [] : path.split('/');
      const name = components.pop();
      if (name !== undefined && whiteoutOf(name, path) !== undefined) continue;
      const shown = JSON.stringify(`/${Buffer.from(path, 'latin1')}`);
      try {
        const at = Buffer.concat([
          Buffer.from(`${this.#directories.get(components).path}/`),
          Buffer.from(name ?? '.', 'latin1'),
        ]);
        const difference = this.#difference(entry, hash, at);
        if (difference !== undefined) return `${shown}: ${difference}`;
      } catch (error) {
        return `${shown}: ${(error as Error).message}`;
      }
    }
    return undefined;
  }

  #difference(entry: TarEntry, hash: string | undefined, at: Buffer): string | undefined {
    if (entry.type === 'character device' || entry.type === 'block device') return undefined; // may be left out
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    if (entry.type === 'hardlink') return undefined; // its target is compared
    if (typeOf(stats) !== entry.type) return `it is a ${typeOf(stats)}, not a ${entry.type}`;
    if (entry.type === 'symlink')
      return readlinkSync(at, 'latin1') === entry.target ? undefined : 'it leads elsewhere';
    if ((stats.mode & 0o7777) !== entry.mode) return `its mode is ${(stats.mode & 0o7777).toString(8)}`;
    if (this.#ownersKept && (stats.uid !== entry.uid || stats.gid !== entry.gid))
      return 'its owner is another';
    if (entry.type !== 'file') return undefined;
    if (stats.size !== entry.size) return `it has ${stats.size} bytes`;
    return hashOf(at) === hash ? undefined : 'its content is another';
  }

  [Symbol.dispose](): void {
    this.#directories[Symbol.dispose]();
    this.#root[Symbol.dispose]();
  }
}

function hashOf(at: Buffer): string {
  const fd = openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer))
      hash.update(buffer.subarray(0, read));
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
}
