import { ParseError } from '../errors.ts';

// What the parsers of this folder share. Not exported from the package.

/** The lines of a kernel file. The last one may lack its newline; an empty file has no lines. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The only line of a single-value file. */
export function onlyLine(format: string, text: string): string {
  const [line, ...rest] = splitLines(text);
  if (line === undefined || rest.length > 0) {
    throw new ParseError(
      format,
      `expected one line, found ${line === undefined ? 0 : rest.length + 1}`,
      text,
    );
  }
  return line;
}

/** An unsigned 64-bit counter. Twenty digits at most, so that hostile text cannot make BigInt() slow. */
export function parseU64(format: string, text: string): bigint {
  if (!/^\d{1,20}$/.test(text)) throw new ParseError(format, 'not an unsigned integer', text);
  return BigInt(text);
}

/** An id, an index or a length of time: something that stays far below 2^53. */
export function parseUint(format: string, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new ParseError(format, 'not an unsigned integer', text);
  return value;
}
