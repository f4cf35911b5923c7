import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/recording/byte-writer.ts';
import { Cursor } from '../../src/recording/cursor.ts';
import { readValues, stored, writeValues } from '../../src/recording/values.ts';

const refused = expect.objectContaining({ code: 'RECORDING_DAMAGED' });
const value = fc.oneof(
  fc.constantFrom(undefined, 'max' as const, 0, 1, 0.5, 2 ** 53 - 1, -1, 1e300, Number.NaN),
  fc.nat(),
  fc.maxSafeNat(),
  fc.double({ noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 10_000 }).map((parts) => parts / 100 / 100),
);
const scaleOf = (index: number) => (index % 2 === 0 ? 1 : 10_000);

describe('numbers in bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), fc.string({ unit: 'grapheme' }), (numbers, text) => {
        const writer = new ByteWriter();
        for (const number of numbers) writer.varint(number);
        writer.text(text);
        for (const number of numbers) writer.signed(Math.floor(number / 4) * (number % 2 === 0 ? 1 : -1));
        const cursor = new Cursor(writer.take());
        expect(numbers.map(() => cursor.varint())).toEqual(numbers);
        expect(cursor.text()).toBe(text);
        for (const number of numbers)
          expect(cursor.signed()).toBe(Math.floor(number / 4) * (number % 2 === 0 ? 1 : -1) || 0);
        expect(cursor.left).toBe(0);
      }),
    );
  });

  it('take a byte where they are small', () => {
    const writer = new ByteWriter();
    for (const number of [0, 127]) writer.varint(number);
    for (const number of [-64, 63]) writer.signed(number);
    expect(writer.take()).toEqual(Buffer.from([0, 127, 127, 126]));
  });

  it('never are more than what is there', () => {
    for (const bytes of [[], [0x80], Array(9).fill(0xff), [...Array(7).fill(0xff), 0x7f, 0]])
      expect(() => new Cursor(Buffer.from(bytes)).varint()).toThrow(refused);
    expect(() => new Cursor(Buffer.from([5, 65, 66])).text()).toThrow(refused);
    expect(() => new Cursor(Buffer.from([1, 2, 3])).double()).toThrow(refused);
    expect(() => new Cursor(Buffer.from([200, 1, 0])).count(1000)).toThrow(refused);
    expect(() => new Cursor(Buffer.from([3, 0, 0, 0])).count(2)).toThrow(refused);
  });
});

describe('values against those of before', () => {
  it('come back as `stored()` says, whatever was there before', () => {
    const rows = fc
      .integer({ min: 1, max: 60 })
      .chain((length) =>
        fc.array(fc.array(value, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(rows, (frames) => {
        const length = frames[0]?.length ?? 0;
        const [sent, got] = [new Float64Array(length), new Float64Array(length)];
        for (const frame of frames) {
          const next = Float64Array.from(frame, (each, index) => stored(each, scaleOf(index)));
          const writer = new ByteWriter();
          writeValues(writer, sent, next, scaleOf);
          const cursor = new Cursor(writer.take());
          readValues(cursor, got, scaleOf);
          expect(cursor.left).toBe(0);
          expect([...got]).toEqual([...next]);
          expect([...sent]).toEqual([...got]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps whole numbers and shares exactly', () => {
    expect([stored(2 ** 53 - 1, 1), stored(0.0123, 10_000), stored(1.23 / 100, 10_000)]).toEqual([
      2 ** 53 - 1,
      0.0123,
      0.0123,
    ]);
    expect([stored('max', 1), stored(undefined, 1), stored(Number.NaN, 1)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('refuses changes of what there is not', () => {
    const read = (bytes: number[]) =>
      readValues(new Cursor(Buffer.from(bytes)), new Float64Array(2), () => 1);
    expect(() => read([1, 8])).toThrow(refused);
    expect(() => read([3, 0, 0, 0])).toThrow(refused);
    expect(() => read([1, 2])).toThrow(refused);
  });
});
