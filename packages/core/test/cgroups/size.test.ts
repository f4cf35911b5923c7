import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/cgroups/size.ts';
import { thrownBy } from './fake-facts.ts';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['100', 100],
    ['100b', 100],
    ['512k', 524_288],
    ['512kb', 524_288],
    ['64m', 67_108_864],
    ['64M', 67_108_864],
    ['64MiB', 67_108_864],
    ['1gib', 1_073_741_824],
    ['1.5g', 1_610_612_736],
    ['2 t', 2_199_023_255_552],
    [4096, 4096],
    [0, 0],
  ])('reads %j as %d bytes', (size, bytes) => {
    expect(parseSize(size)).toBe(bytes);
  });

  it('rounds a fraction of a byte', () => {
    expect(parseSize('0.1k')).toBe(102);
    expect(parseSize(10.6)).toBe(11);
  });

  it.each([
    '',
    ' ',
    'm',
    '-1',
    '-64m',
    '64x',
    '64mm',
    '64ib',
    '1e3',
    '0x10',
    '.5g',
    '1.g',
    '1,5g',
    '64m ',
    'max',
    'NaN',
    'Infinity',
    '9007199254740992',
    '8192t',
    '9'.repeat(400),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    -0.6,
    2 ** 53,
  ])('refuses %j', (size) => {
    expect(thrownBy(() => parseSize(size))).toMatchObject({
      code: 'INVALID_SIZE',
      operation: 'read a size',
      hint: expect.stringContaining('64m'),
    });
  });

  it('refuses what JavaScript callers may pass instead of a size', () => {
    for (const value of [null, {}, ['64m'], 64n, true]) {
      expect(thrownBy(() => parseSize(value as never)).code).toBe('INVALID_SIZE');
    }
  });

  it('scales by 1024 for each step of the unit, in either case', () => {
    const units = ['b', 'k', 'm', 'g', 't'];
    fc.assert(
      fc.property(fc.nat(8191), fc.nat(4), fc.boolean(), (count, step, upper) => {
        const text = `${count}${units[step]}`;
        expect(parseSize(upper ? text.toUpperCase() : text)).toBe(count * 1024 ** step);
      }),
    );
  });

  it('never returns anything but a whole number of bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^\d{1,20}(\.\d{1,5})?[kmgt]?$/)),
        (text) => {
          let bytes: number;
          try {
            bytes = parseSize(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_SIZE' });
            return;
          }
          expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
        },
      ),
    );
  });
});

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1025, '1025 bytes'],
    [65_536, '64 KiB'],
    [67_108_864, '64 MiB'],
    [1_610_612_736, '1.5 GiB'],
    [2_199_023_255_552, '2 TiB'],
  ])('shows %d as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('shows sizes in a form that parseSize reads back exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parseSize(formatSize(bytes).replace(/ bytes?$/, 'b'))).toBe(bytes);
      }),
    );
  });
});
