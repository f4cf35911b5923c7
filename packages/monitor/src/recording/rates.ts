/**
 * Rates follow from counters and times, so a recording has only those that do not: of what was not read in this
 * interval, and after a counter began anew.
 */
import type { ByteWriter } from './byte-writer.ts';
import type { Cursor } from './cursor.ts';
import { damaged } from './errors.ts';
import type { Schema } from './schema.ts';

const types = { undefined: 0, asBefore: 1, difference: 2, double: 3 } as const;
/** Rates are kept to a hundredth, or a thousandth of themselves, whichever is more. */
const parts = 100;
const precision = 0.001;
const largest = 2 ** 51;
/** Nothing was read between the two frames. */
const sameReadingS = 0.001;

/**
 * What a reader takes for the rates.
 * @param rates of the frame before; of this one afterwards
 * @param seconds between the readings of the two
 */
export function predictRates(
  { counters, columns }: Schema,
  before: Float64Array,
  now: Float64Array,
  seconds: number,
  rates: Float64Array,
): void {
  if (seconds < sameReadingS) return;
  for (let index = 0; index < counters.length; index++) {
    const slot = counters[index] as number;
    const grown = (now[slot] as number) - (before[slot] as number);
    if (grown === 0 && columns[slot]?.isSlow) continue;
    rates[index] = grown >= 0 ? grown / seconds : Number.NaN;
  }
}

/** @param predicted becomes what a reader has @param before of the frame before */
export function writeRates(
  writer: ByteWriter,
  predicted: Float64Array,
  before: Float64Array,
  rates: Float64Array,
): void {
  let wrong = 0;
  for (let index = 0; index < rates.length; index++) {
    if (!isClose(predicted[index] as number, rates[index] as number)) wrong++;
  }
  writer.varint(wrong);
  for (let index = 0, after = -1; wrong > 0; index++) {
    const [guess, rate] = [predicted[index] as number, rates[index] as number];
    if (isClose(guess, rate)) continue;
    wrong--;
    const skip = (index - after - 1) * 4;
    after = index;
    const difference = Math.round((rate - baseOf(guess)) * parts);
    if (Number.isNaN(rate)) {
      writer.varint(skip + types.undefined);
      predicted[index] = Number.NaN;
    } else if (isClose(before[index] as number, rate)) {
      writer.varint(skip + types.asBefore);
      predicted[index] = before[index] as number;
    } else if (Math.abs(difference) <= largest) {
      writer.varint(skip + types.difference);
      writer.signed(difference);
      predicted[index] = baseOf(guess) + difference / parts;
    } else {
      writer.varint(skip + types.double);
      writer.double(rate);
      predicted[index] = rate;
    }
  }
}

/** @throws TcError RECORDING_DAMAGED */
export function readRates(cursor: Cursor, predicted: Float64Array, before: Float64Array): void {
  let index = -1;
  for (let wrong = cursor.count(predicted.length); wrong > 0; wrong--) {
    const head = cursor.varint();
    index += Math.floor(head / 4) + 1;
    if (index >= predicted.length) throw damaged('it has a rate of what there is not');
    const type = head % 4;
    if (type === types.undefined) predicted[index] = Number.NaN;
    else if (type === types.asBefore) predicted[index] = before[index] as number;
    else if (type === types.difference)
      predicted[index] = baseOf(predicted[index] as number) + cursor.signed() / parts;
    else predicted[index] = cursor.double();
  }
}

function baseOf(rate: number): number {
  return Number.isFinite(rate) ? rate : 0;
}

function isClose(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return Math.abs(a - b) <= Math.max(1 / parts, Math.abs(b) * precision);
}
