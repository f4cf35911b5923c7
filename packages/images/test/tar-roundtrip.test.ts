import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TarEntry, TarSink, TarType } from '../src/tar/entry.ts';
import { blockBytes } from '../src/tar/header.ts';
import { TarParser } from '../src/tar/parser.ts';
import { ExtentLines } from '../src/tar/sparse.ts';
import { encodeHeader, endOfArchive, padding } from '../src/tar/writer.ts';

class Collect implements TarSink {
  readonly found: { entry: TarEntry; content: string }[] = [];
  entry(entry: TarEntry): void {
    this.found.push({ entry, content: '' });
  }
  data(chunk: Buffer): void {
    const last = this.found.at(-1);
    if (last !== undefined) last.content += chunk.toString('latin1');
  }
  end(): void {}
}

const bytes = (maxLength: number) =>
  fc
    .uint8Array({ minLength: 1, maxLength })
    .map((array) =>
      Buffer.from(array.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte))).toString('latin1'),
    );
const path = fc.array(bytes(60), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
const type = fc.constantFrom<TarType>('file', 'directory', 'symlink', 'hardlink', 'FIFO', 'character device');

const anEntry = fc
  .record({
    path,
    type,
    content: fc.uint8Array({ maxLength: 1500 }),
    mode: fc.nat(0o7777),
    uid: fc.nat(0x7fffffff),
    gid: fc.nat(0x7fffffff),
    mtimeNs: fc.bigInt(-(10n ** 18n), 8n * 10n ** 18n),
    target: path,
    xattrs: fc.dictionary(
      fc.constantFrom('user.a', 'security.capability'),
      fc.uint8Array({ minLength: 1, maxLength: 30 }),
    ),
  })
  .map(({ content, xattrs, ...rest }) => {
    const entry: TarEntry = {
      ...rest,
      size: rest.type === 'file' ? content.length : 0,
      target: rest.type === 'symlink' || rest.type === 'hardlink' ? rest.target : '',
      major: rest.type === 'character device' ? 5 : 0,
      minor: 0,
      xattrs: new Map(Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value)])),
    };
    return { entry, content: rest.type === 'file' ? Buffer.from(content) : Buffer.alloc(0) };
  });

const archiveOf = (entries: readonly { entry: TarEntry; content: Buffer }[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(({ entry, content }) => [encodeHeader(entry), content, padding(content.length)]),
    endOfArchive,
  ]);

describe('what is written as a tar archive', () => {
  it('is read as what it was, in whatever pieces it comes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(anEntry, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
        (entries, cuts) => {
          const archive = archiveOf(entries);
          const sink = new Collect();
          const parser = new TarParser(sink);
          for (let at = 0, turn = 0; at < archive.length; turn += 1) {
            const length = cuts[turn % cuts.length] ?? 1;
            // The chunk is ours again afterwards: the reader of a file uses one buffer for all of it.
            const chunk = Buffer.from(archive.subarray(at, at + length));
            parser.write(chunk);
            chunk.fill(0xff);
            at += length;
          }
          parser.finish();
          expect(parser.isOver).toBe(true);
          const expected = entries.map(({ entry, content }) => ({
            entry: { ...entry, path: entry.type === 'directory' ? `${entry.path}/` : entry.path },
            content: content.toString('latin1'),
          }));
          expect(sink.found).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never makes the parser do anything but read it or refuse it, however it is damaged', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(
        fc.array(anEntry, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        (entries, damage) => {
          const archive = archiveOf(entries);
          for (const [at, value] of damage) archive[at % archive.length] = value;
          const parser = new TarParser(new Collect());
          try {
            parser.write(archive);
            parser.finish();
          } catch (error) {
            expect(error).toMatchObject({ name: 'TcError', code: expect.stringMatching(/^TAR_/) });
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('a map of holes as lines', () => {
  const add = (text: string) => {
    const lines = new ExtentLines();
    const whole = Buffer.concat([Buffer.from(text), padding(text.length)]);
    for (let at = 0; at < whole.length; at += blockBytes) {
      const found = lines.add(whole.subarray(at, at + blockBytes));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  it('is read in one pass, however long it is', { timeout: 5_000 }, () => {
    const count = 250_000;
    const lines = Array.from({ length: count }, (_, index) => `${index * 4096}\n512\n`).join('');
    const found = add(`${count}\n${lines}`);
    expect(found?.extents).toHaveLength(count);
    expect(found?.extents.at(-1)).toEqual({ offset: (count - 1) * 4096, length: 512 });
    expect(found?.bytes).toBe(Math.ceil((lines.length + 7) / blockBytes) * blockBytes);
  });

  it('is refused where a line has no end', () => {
    expect(() => add('1'.repeat(2000))).toThrow('a map of holes that is none');
    expect(() => add(`2\n${'0'.repeat(2000)}`)).toThrow('a map of holes that is none');
  });
});
