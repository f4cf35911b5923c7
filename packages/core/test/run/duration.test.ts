import { TcError } from '@tc/linux';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/run/duration.ts';

describe('a duration', () => {
  it.each([
    [250, 250],
    [0.5, 1],
    [1e-7, 1], // a timer of 0 would never fire
    [999.9999999, 1000],
    ['0.1ms', 1],
    ['250ms', 250],
    ['5s', 5000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['5 s', 5000],
    ['0.25s', 250],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text, 'test')).toBe(ms);
  });

  it.each([
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    '99999999999h',
    '',
    '5',
    's',
    '0s',
    '-5s',
    '1e3s',
    '5d',
    '5S',
    '5s ',
    '.5s',
    '1.s',
  ])('%j is none', (text) => {
    expect(() => parseDuration(text, 'set the timeout')).toThrow(TcError);
    expect(() => parseDuration(text, 'set the timeout')).toThrow(
      expect.objectContaining({ code: 'INVALID_DURATION', operation: 'set the timeout' }),
    );
  });

  it('is the same in each unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (hours) => {
        const ms = parseDuration(`${hours}h`, 'test');
        expect(parseDuration(`${hours * 60}m`, 'test')).toBe(ms);
        expect(parseDuration(`${hours * 3600}s`, 'test')).toBe(ms);
        expect(parseDuration(`${hours * 3_600_000}ms`, 'test')).toBe(ms);
      }),
    );
  });
});
