/**
 * Kernel files, parsed from their bytes without a string. What is not understood is left alone: a figure that is not
 * there stays NaN, which is what undefined is in arrays of float64. 'max' is Infinity.
 */

const NEWLINE = 10;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

/** The unsigned number at `at`; NaN where there is no digit. Stops at the first byte that is none. */
export function numberAt(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let index = at;
  for (; index < end; index += 1) {
    const byte = bytes[index] as number;
    if (byte < ZERO || byte > NINE) break;
    value = value * 10 + (byte - ZERO);
  }
  return index === at ? Number.NaN : value;
}

/** A number with at most a few decimals: `7.78`. */
export function decimalAt(bytes: Uint8Array, at: number, end: number): number {
  let value = numberAt(bytes, at, end);
  let index = at;
  while (index < end && isDigit(bytes[index] as number)) index += 1;
  if (bytes[index] !== 46) return value;
  let scale = 0.1;
  for (index += 1; index < end && isDigit(bytes[index] as number); index += 1) {
    value += ((bytes[index] as number) - ZERO) * scale;
    scale /= 10;
  }
  return value;
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

/** A whole file that is one number, or `max`. */
export function numberOrMax(bytes: Uint8Array, end: number): number {
  return startsWith(bytes, 0, end, MAX) ? Number.POSITIVE_INFINITY : numberAt(bytes, 0, end);
}

/** A word to be looked for, as bytes. */
export const word = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const MAX = word('max');

export function startsWith(bytes: Uint8Array, at: number, end: number, prefix: Uint8Array): boolean {
  if (at + prefix.length > end) return false;
  for (let index = 0; index < prefix.length; index += 1)
    if (bytes[at + index] !== prefix[index]) return false;
  return true;
}

/** Where the line after the one at `at` begins; `end` where that was the last. */
export function nextLine(bytes: Uint8Array, at: number, end: number): number {
  const newline = bytes.indexOf(NEWLINE, at);
  return newline === -1 || newline >= end ? end : newline + 1;
}

/** Where the word after the one at `at` begins, in the same line; -1 where there is none. */
export function nextWord(bytes: Uint8Array, at: number, end: number): number {
  for (let index = at; index < end; index += 1) {
    const byte = bytes[index];
    if (byte === NEWLINE) return -1;
    if (byte === SPACE) return index + 1 < end && bytes[index + 1] !== NEWLINE ? index + 1 : -1;
  }
  return -1;
}
