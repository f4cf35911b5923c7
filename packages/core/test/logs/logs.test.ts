import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/lines.ts';
import { type LogsOptions, logs } from '../../src/logs/logs.ts';
import { openBelow, watches } from './descriptors.ts';
import { LogWriter, logFrame } from './log-writer.ts';

let directory = '';
let writer: LogWriter;
let end: () => void = () => {};
let ended: Promise<void> = Promise.resolve();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-logs-'));
  writer = new LogWriter(directory);
  ({ promise: ended, resolve: end } = Promise.withResolvers<void>());
});
afterEach(() => {
  writer.close();
  expect(openBelow(directory)).toEqual([]);
  expect(watches()).toBe(0);
  rmSync(directory, { recursive: true });
});

const read = (options: LogsOptions = {}) => logs(directory, options, () => ended);
const all = async (options: LogsOptions = {}): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  for await (const entry of read(options)) entries.push(entry);
  return entries;
};
const lines = async (options: LogsOptions = {}): Promise<string[]> =>
  (await all(options)).map(({ line }) => line);
const next = async (entries: AsyncIterator<LogEntry>): Promise<string> => {
  const { value, done } = await entries.next();
  return done ? '(the end)' : (value as LogEntry).line;
};
const at = (second: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, second, 250));

describe('a log', () => {
  it('gives lines with their stream and time', async () => {
    writer.write('stdout', 'one\ntwo\n', at(1));
    writer.write('stderr', 'bad\n', at(2));
    expect(await all()).toEqual([
      { time: at(1), stream: 'stdout', line: 'one', partial: false },
      { time: at(1), stream: 'stdout', line: 'two', partial: false },
      { time: at(2), stream: 'stderr', line: 'bad', partial: false },
    ]);
  });

  it('puts a line together that came in pieces, each stream for itself, with the time of its first byte', async () => {
    writer.write('stdout', 'a', at(1));
    writer.write('stderr', 'x', at(2));
    writer.write('stdout', 'b', at(3));
    writer.write('stderr', 'y\n', at(4));
    writer.write('stdout', 'c\nd\n', at(5));
    expect(await all()).toEqual([
      { time: at(2), stream: 'stderr', line: 'xy', partial: false },
      { time: at(1), stream: 'stdout', line: 'abc', partial: false },
      { time: at(5), stream: 'stdout', line: 'd', partial: false },
    ]);
  });

  it('puts characters together that came in pieces', async () => {
    for (const byte of Buffer.from('naïve 🙂\n')) writer.write('stdout', Uint8Array.of(byte));
    expect(await lines()).toEqual(['naïve 🙂']);
  });

  it('marks a last line without a newline', async () => {
    writer.write('stdout', 'whole\npart', at(1));
    writer.write('stderr', 'error', at(2));
    expect(await all()).toEqual([
      { time: at(1), stream: 'stdout', line: 'whole', partial: false },
      { time: at(1), stream: 'stdout', line: 'part', partial: true },
      { time: at(2), stream: 'stderr', line: 'error', partial: true },
    ]);
  });

  it('takes the carriage return of a terminal for part of the newline, and keeps empty lines', async () => {
    writer.write('stdout', 'a\r\n\r\nb\rc\n\n');
    expect(await lines()).toEqual(['a', '', 'b\rc', '']);
  });

  it('cuts a line that has no end, between characters', async () => {
    for (let n = 0; n < 140; n += 1) writer.write('stdout', `${n === 0 ? 'x' : ''}${'é'.repeat(8000)}`);
    const entries = await all();
    expect(entries.map(({ partial }) => partial)).toEqual([true, true, true]);
    expect(entries.map(({ line }) => line).join('')).toBe(`x${'é'.repeat(1_120_000)}`);
  });

  it('begins with the part that was put aside', async () => {
    writer.write('stdout', 'one\ntw');
    writer.rotate();
    writer.write('stdout', 'o\nthree\n');
    expect(await lines()).toEqual(['one', 'two', 'three']);
  });

  it('is empty where there is none', async () => {
    expect(await lines()).toEqual([]);
    rmSync(join(directory, 'log'));
    expect(await lines()).toEqual([]);
    expect((await logs(join(directory, 'none'), {}, () => ended).next()).done).toBe(true);
  });

  it('gives one stream alone', async () => {
    writer.write('stdout', 'out\n');
    writer.write('stderr', 'err\n');
    expect(await lines({ stdout: false })).toEqual(['err']);
    expect(await lines({ stderr: false })).toEqual(['out']);
    expect(await lines({ stderr: false, stdout: false })).toEqual([]);
  });

  it('gives the last lines: of the streams that were asked for', async () => {
    writer.write('stdout', '1\n2\n3\n');
    writer.write('stderr', 'a\nb\n');
    writer.rotate();
    writer.write('stdout', '4\n5');
    expect(await lines({ tail: 2 })).toEqual(['4', '5']);
    expect(await lines({ tail: 3, stderr: false })).toEqual(['3', '4', '5']);
    expect(await lines({ tail: 1, stdout: false })).toEqual(['b']);
    expect(await lines({ tail: 0 })).toEqual([]);
    expect(await lines({ tail: 100 })).toHaveLength(7);
  });

  it('gives the lines of a span of time', async () => {
    for (const second of [1, 2, 3, 4, 5]) writer.write('stdout', `${second}\n`, at(second));
    expect(await lines({ since: at(4) })).toEqual(['4', '5']);
    expect(await lines({ until: at(2) })).toEqual(['1', '2']);
    expect(await lines({ since: at(2), until: at(3) })).toEqual(['2', '3']);
    expect(await lines({ until: at(4), tail: 1 })).toEqual(['4']);
    writer.write('stdout', 'now\n');
    expect(await lines({ since: '1m' })).toEqual(['now']);
    expect(await lines({ since: 60_000 })).toEqual(['now']);
  });

  it('refuses options that make no sense, at once', () => {
    expect(() => read({ tail: -1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => read({ tail: 1.5 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => read({ since: 'yesterday' })).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
    expect(() => read({ until: new Date('?') })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('a damaged log', () => {
  it('is read on from the next frame', async () => {
    writer.raw(Buffer.from('garbage'));
    writer.write('stdout', 'one\n');
    writer.raw(Buffer.alloc(5000));
    writer.write('stdout', 'two\n');
    writer.raw(Buffer.alloc(300_000, 0xff));
    writer.write('stdout', 'three\n');
    expect(await lines()).toEqual(['one', 'two', 'three']);
  });

  it('loses a frame that was cut off, not those after it', async () => {
    writer.raw(logFrame('stdout', `${'x'.repeat(3000)}\n`).subarray(0, 901));
    writer.write('stdout', 'one\n');
    writer.write('stdout', 'two\n');
    for (let n = 0; n < 300; n += 1) writer.write('stdout', `${n}\n`);
    expect(await lines()).toEqual(['one', 'two', ...Array.from({ length: 300 }, (_, n) => `${n}`)]);
  });

  it('ends before a frame that is not all there', async () => {
    writer.write('stdout', 'one\n');
    writer.raw(logFrame('stdout', 'two\n').subarray(0, 26));
    expect(await lines()).toEqual(['one']);
  });

  it('is not misled by what looks like a frame in what the container wrote', async () => {
    const forged = logFrame('stderr', 'forged\n');
    writer.write('stdout', forged);
    writer.write('stdout', 'two\n');
    const entries = await all();
    // The time in the forged header may have a newline among its bytes: how many lines it makes is by chance.
    expect(new Set(entries.map(({ stream }) => stream))).toEqual(new Set(['stdout']));
    expect(entries.at(-1)?.line).toBe('two');
  });
});

describe('following a log', () => {
  it('gives what is there, then what comes, until the container has ended', async () => {
    writer.write('stdout', 'one\n');
    const entries = read({ follow: true });
    expect(await next(entries)).toBe('one');
    const two = next(entries);
    await sleep(20);
    writer.write('stdout', 'tw');
    await sleep(20);
    writer.write('stdout', 'o\nthree\nfo');
    expect(await two).toBe('two');
    expect(await next(entries)).toBe('three');
    const four = next(entries);
    writer.write('stdout', 'ur');
    end();
    expect(await four).toBe('four');
    expect(await next(entries)).toBe('(the end)');
  });

  it('waits for the rest of a frame', async () => {
    const entries = read({ follow: true });
    const frame = logFrame('stdout', 'whole\n');
    const line = next(entries);
    for (let n = 0; n < frame.length; n += 7) {
      writer.raw(frame.subarray(n, n + 7));
      await sleep(2);
    }
    expect(await line).toBe('whole');
    await entries.return?.();
  });

  it('survives that a frame is taken back, as the supervisor does when the disk is full', async () => {
    const entries = read({ follow: true });
    writer.write('stdout', 'one\n');
    expect(await next(entries)).toBe('one');
    const line = next(entries);
    const size = logFrame('stdout', 'one\n').length;
    writer.raw(logFrame('stdout', 'lost\n').subarray(0, 27));
    await sleep(20);
    truncateSync(join(directory, 'log'), size);
    await sleep(20);
    writer.write('stdout', 'two\n');
    expect(await line).toBe('two');
    await entries.return?.();
  });

  it('loses nothing where the log is put aside', async () => {
    const expected: string[] = [];
    const entries = read({ follow: true });
    const got: string[] = [];
    const reading = (async () => {
      for await (const { line } of entries) got.push(line);
    })();
    for (let n = 0; n < 2000; n += 1) {
      writer.write(n % 2 === 0 ? 'stdout' : 'stderr', `line ${n}\n`);
      expected.push(`line ${n}`);
      if (n % 100 === 99) {
        // A reader that keeps up: no two files are put aside at once.
        for (let turn = 0; got.length < n - 50 && turn < 1000; turn += 1) await sleep(1);
        writer.rotate();
      }
    }
    end();
    await reading;
    expect(got).toEqual(expected);
  });

  it('goes on with the oldest that is there where it fell behind', async () => {
    writer.write('stdout', 'one\n');
    const entries = read({ follow: true });
    expect(await next(entries)).toBe('one');
    for (const line of ['two', 'three', 'four']) {
      writer.rotate();
      writer.write('stdout', `${line}\n`);
    }
    end();
    expect(await next(entries)).toBe('three');
    expect(await next(entries)).toBe('four');
    expect(await next(entries)).toBe('(the end)');
  });

  it('still reads what it has open where the log is removed with the container', async () => {
    writer.write('stdout', 'one\ntwo\n');
    const entries = read({ follow: true });
    expect(await next(entries)).toBe('one');
    writer.write('stdout', 'three\n');
    rmSync(join(directory, 'log'));
    end();
    expect([await next(entries), await next(entries), await next(entries)]).toEqual([
      'two',
      'three',
      '(the end)',
    ]);
  });

  it('gives the last lines first, then all that come', async () => {
    writer.write('stdout', '1\n2\n3\n');
    const entries = read({ follow: true, tail: 1 });
    expect(await next(entries)).toBe('3');
    writer.write('stdout', '4\n5\n');
    end();
    expect([await next(entries), await next(entries), await next(entries)]).toEqual(['4', '5', '(the end)']);
  });

  it('ends at a time to come', async () => {
    writer.write('stdout', 'one\n');
    expect(await lines({ follow: true, until: new Date(Date.now() + 50) })).toEqual(['one']);
  });

  it('ends when it is aborted, also while it waits', async () => {
    const controller = new AbortController();
    const entries = read({ follow: true, signal: controller.signal });
    const line = next(entries);
    await sleep(10);
    controller.abort();
    expect(await line).toBe('(the end)');
    expect(await lines({ follow: true, signal: controller.signal })).toEqual([]);
  });

  it('ends when the iteration is left, and when it is told to while it waits', async () => {
    writer.write('stdout', 'one\n');
    for await (const { line } of read({ follow: true })) {
      expect(line).toBe('one');
      break;
    }
    const entries = read({ follow: true });
    expect(await next(entries)).toBe('one');
    const waiting = next(entries);
    await sleep(10);
    await entries.return?.();
    expect(await waiting).toBe('(the end)');
  });
});
