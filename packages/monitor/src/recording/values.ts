/**
 * Numbers against the same numbers of the frame before. NaN stands for undefined, and Infinity for `'max'`, as in the
 * arrays that samples are made of.
 */
import type { ByteWriter } from './byte-writer.ts';
import type { Cursor } from './cursor.ts';
import { damaged } from './errors.ts';

/** What a change is; with it is written how many columns it is after the change before. */
const types = { undefined: 0, unlimited: 1, delta: 2, double: 3 } as const;
/** Whole numbers are exact up to there; differences are written with a sign, which takes one bit. */
const largest = 2 ** 53;
const largestDifference = 2 ** 52 - 1;
/** A share that was divided in another way may differ in its last bit. */
const negligible = 1e-9;

/** What a value is after it was written and read. */
export function stored(value: number | 'max' | undefined, scale: number): number {
  if (value === 'max') return Number.POSITIVE_INFINITY;
  if (value === undefined || !Number.isFinite(value)) return Number.NaN;
  const parts = Math.round(value * scale);
  return Math.abs(parts) <= largest && Math.abs(parts / scale - value) < negligible
    ? parts / scale + 0
    : value; // + 0: -0 is 0
}

const same = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** @param next of `stored()`; `previous` becomes equal to it */
export function writeValues(
  writer: ByteWriter,
  previous: Float64Array,
  next: Float64Array,
  scaleOf: (index: number) => number,
): void {
  let changes = 0;
  for (let index = 0; index < next.length; index++) {
    if (!same(previous[index] as number, next[index] as number)) changes++;
  }
  writer.varint(changes);
  for (let index = 0, after = -1; changes > 0; index++) {
    const [before, value] = [previous[index] as number, next[index] as number];
    if (same(before, value)) continue;
    changes--;
    const skip = (index - after - 1) * 4;
    after = index;
    previous[index] = value;
    const scale = scaleOf(index);
    const parts = Math.round(value * scale);
    if (Number.isNaN(value)) writer.varint(skip + types.undefined);
    else if (value === Number.POSITIVE_INFINITY) writer.varint(skip + types.unlimited);
    else if (parts / scale === value && isSmall(parts, parts - baseOf(before, scale))) {
      writer.varint(skip + types.delta);
      writer.signed(parts - baseOf(before, scale));
    } else {
      writer.varint(skip + types.double);
      writer.double(value);
    }
  }
}

/** @throws TcError RECORDING_DAMAGED */
export function readValues(cursor: Cursor, values: Float64Array, scaleOf: (index: number) => number): void {
  let index = -1;
  for (let changes = cursor.count(values.length); changes > 0; changes--) {
    const head = cursor.varint();
    index += Math.floor(head / 4) + 1;
    if (index >= values.length) throw damaged('it changes a figure that there is not');
    const type = head % 4;
    const scale = scaleOf(index);
    if (type === types.undefined) values[index] = Number.NaN;
    else if (type === types.unlimited) values[index] = Number.POSITIVE_INFINITY;
    else if (type === types.delta)
      values[index] = (baseOf(values[index] as number, scale) + cursor.signed()) / scale;
    else values[index] = stored(cursor.double(), 1);
  }
}

function isSmall(parts: number, difference: number): boolean {
  return Math.abs(parts) <= largest && Math.abs(difference) <= largestDifference;
}

/** What differences are taken against. */
function baseOf(before: number, scale: number): number {
  const parts = Math.round(before * scale);
  return Math.abs(parts) <= largest ? parts : 0; // NaN is not
}
