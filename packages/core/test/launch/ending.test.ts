import { constants } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEnding } from '../../src/launch/ending.ts';
import {
  causes,
  figureOffset,
  figureSize,
  messages,
  recordLayout,
  recordSize,
} from '../../src/launch/protocol.ts';

interface Fields {
  status?: number;
  cause?: number;
  start?: readonly [seconds: number, nanoseconds: number];
  end?: readonly [seconds: number, nanoseconds: number];
  user?: readonly [seconds: number, microseconds: number];
  system?: readonly [seconds: number, microseconds: number];
  startedAt?: readonly [seconds: number, nanoseconds: number];
  finishedAt?: readonly [seconds: number, nanoseconds: number];
  maxRssKb?: number;
  figures?: readonly (string | number)[];
}

function makeRecord(fields: Fields): Buffer {
  const { figures = [] } = fields;
  const record = Buffer.alloc(recordSize(figures.length));
  const pair = (at: number, [first, second]: readonly [number, number] = [0, 0]) => {
    record.writeBigInt64LE(BigInt(first), at);
    record.writeBigInt64LE(BigInt(second), at + 8);
  };
  record.writeUInt32LE(messages.ended, recordLayout.kind);
  record.writeUInt32LE(fields.status ?? 0, recordLayout.status);
  record.writeBigInt64LE(BigInt(fields.cause ?? 0), recordLayout.cause);
  pair(recordLayout.start, fields.start);
  pair(recordLayout.end, fields.end);
  pair(recordLayout.startedAt, fields.startedAt);
  pair(recordLayout.finishedAt, fields.finishedAt);
  pair(recordLayout.rusage, fields.user);
  pair(recordLayout.rusage + 16, fields.system);
  record.writeBigInt64LE(BigInt(fields.maxRssKb ?? 0), recordLayout.rusage + 32);
  figures.forEach((figure, index) => {
    const length = typeof figure === 'number' ? figure : Buffer.byteLength(figure);
    record.writeBigInt64LE(BigInt(length), figureOffset(index));
    if (typeof figure === 'string') record.write(figure, figureOffset(index) + 8, 'latin1');
  });
  return record;
}

const decode = (fields: Fields, names: readonly string[] = []) => decodeEnding(makeRecord(fields), names);

describe('the record of an ending', () => {
  it('tells any exit code', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (code) => {
        expect(decode({ status: code << 8 })).toMatchObject({ exitCode: code, signal: undefined });
      }),
    );
  });

  it.each([
    ['SIGTERM', constants.signals.SIGTERM],
    ['SIGKILL', constants.signals.SIGKILL],
    ['SIGSEGV', constants.signals.SIGSEGV | 0x80], // with a core dump
    ['SIGRT40', 40],
  ])('tells the signal that ended it: %s', (signal, status) => {
    expect(decode({ status })).toMatchObject({ exitCode: undefined, signal });
  });

  it.each([
    ['none', causes.none],
    ['timeout', causes.timeout],
    ['ownerGone', causes.ownerGone],
    ['cpu', causes.cpu],
    ['output', causes.output],
  ])('tells why the supervisor ended it: %s', (cause, number) => {
    expect(decode({ cause: number, status: constants.signals.SIGKILL }).cause).toBe(cause);
  });

  it('tells that it ended by itself where it did so right before it was to be killed', () => {
    for (const status of [0, 7 << 8, constants.signals.SIGTERM]) {
      for (const cause of [causes.timeout, causes.ownerGone, causes.cpu]) {
        expect(decode({ cause, status }).cause).toBe('none');
      }
      expect(decode({ cause: causes.output, status }).cause).toBe('output'); // it had written too much all the same
    }
  });

  it('tells the time between its two moments in milliseconds', () => {
    expect(decode({ start: [10, 999_000_000], end: [12, 1_500_000] }).wallMs).toBeCloseTo(1002.5, 6);
  });

  it('tells when it started and ended by the clock on the wall', () => {
    const { startedAt, finishedAt } = decode({
      startedAt: [1_700_000_000, 5e6],
      finishedAt: [1_700_000_001, 0],
    });
    expect(startedAt).toEqual(new Date(1_700_000_000_005));
    expect(finishedAt).toEqual(new Date(1_700_000_001_000));
  });

  it('has no start where the command never ran', () => {
    expect(decode({ finishedAt: [1, 0] })).toMatchObject({
      startedAt: undefined,
      finishedAt: new Date(1000),
    });
  });

  it('tells its processor time in microseconds and its memory in bytes', () => {
    const { userUsec, systemUsec, maxRssBytes } = decode({ user: [1, 5], system: [0, 7], maxRssKb: 12 });
    expect([userUsec, systemUsec, maxRssBytes]).toEqual([1_000_005, 7, 12 * 1024]);
  });

  it('has the texts of the figures under their names', () => {
    const { figures } = decode({ figures: ['123\n', 'oom_kill 1\n'] }, ['peak', 'events']);
    expect([...figures]).toEqual([
      ['peak', '123\n'],
      ['events', 'oom_kill 1\n'],
    ]);
  });

  it('leaves out figures that could not be read, and those that are empty', () => {
    const { figures } = decode({ figures: [-2, '7', 0] }, ['a', 'b', 'c']);
    expect([...figures]).toEqual([['b', '7']]);
  });

  it('cuts a figure where its place ends', () => {
    const long = 'x'.repeat(figureSize - 8);
    expect(decode({ figures: [long, 'y'] }, ['a', 'b']).figures.get('a')).toBe(long);
    const record = makeRecord({ figures: ['z', 'y'] });
    record.writeBigInt64LE(BigInt(figureSize * 3), figureOffset(0));
    expect(decodeEnding(record, ['a', 'b']).figures.get('a')).toHaveLength(figureSize - 8);
  });

  it('has no two fields in the same place', () => {
    const { kind, status, cause, start, end, rusage, startedAt, finishedAt } = recordLayout;
    expect([kind, status, cause, start, end, rusage, startedAt, finishedAt, figureOffset(0)]).toEqual(
      // struct timespec is 16 bytes, struct rusage 144
      [0, 8, 8 + 8, 24, 24 + 16, 40 + 16, 56 + 144, 200 + 16, 216 + 16],
    );
  });
});
