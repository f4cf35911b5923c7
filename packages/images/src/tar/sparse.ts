/** Files with holes: https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html */
import { badTar } from './entry.ts';
import { blockBytes, number } from './header.ts';
import { type PaxRecords, parsePaxNumber } from './pax.ts';

/** A piece of a file that is in the archive. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

const mostExtents = 1_000_000;
/** With room: 2^64 has 20 digits. */
const longestNumber = 64;

/** The old format: four pieces in the header. @returns whether there are more blocks with pieces */
export function readHeaderExtents(block: Buffer, into: Extent[]): boolean {
  readExtents(block, 386, 4, into);
  return block[482] !== 0;
}

/** Twenty-one pieces in a block of their own. @returns whether there is another */
export function readExtentBlock(block: Buffer, into: Extent[]): boolean {
  readExtents(block, 0, 21, into);
  return block[504] !== 0;
}

export function realSize(block: Buffer): number {
  return number(block, 483, 12);
}

function readExtents(block: Buffer, start: number, count: number, into: Extent[]): void {
  for (let index = 0; index < count; index += 1) {
    const at = start + index * 24;
    if (block[at] === 0) return;
    into.push({ offset: number(block, at, 12), length: number(block, at + 12, 12) });
    if (into.length > mostExtents) throw badTar('a file in it has too many holes');
  }
}

/** The formats 0.0 and 0.1, which have the map in the pax header. @returns undefined where there is none */
export function paxExtents(records: PaxRecords): Extent[] | undefined {
  const map = records.findLast(([key]) => key === 'GNU.sparse.map')?.[1];
  const numbers =
    map === undefined
      ? records
          .filter(([key]) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
          .map(([, value]) => parsePaxNumber(value))
      : map.length === 0
        ? []
        : map.toString('latin1').split(',').map(Number);
  if (map === undefined && numbers.length === 0) return undefined;
  return toExtents(numbers);
}

/** The format 1.0 has it before the content, as lines, padded to a whole block. */
export class ExtentLines {
  readonly #numbers: number[] = [];
  /** The beginning of a line whose end is in the next block. */
  #rest = '';
  #bytes = 0;

  /** @returns the map when it is complete, and until then undefined */
  add(block: Buffer): { extents: Extent[]; bytes: number } | undefined {
    const lines = (this.#rest + block.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#numbers.push(Number(line));
    this.#bytes += blockBytes;
    const count = this.#numbers[0];
    if (count !== undefined && !(Number.isInteger(count) && count >= 0 && count <= mostExtents))
      throw badTar('a file in it has a map of holes that is none');
    if (count === undefined || this.#numbers.length < 1 + 2 * count) {
      if (this.#rest.length > longestNumber) throw badTar('a file in it has a map of holes that is none');
      if (this.#bytes > 64 * mostExtents) throw badTar('a file in it has too many holes');
      return undefined;
    }
    return { extents: toExtents(this.#numbers.slice(1, 1 + 2 * count)), bytes: this.#bytes };
  }
}

function toExtents(numbers: readonly number[]): Extent[] {
  if (numbers.length % 2 !== 0 || numbers.length > 2 * mostExtents)
    throw badTar('a map of holes is malformed');
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: numbers[2 * index] ?? 0,
    length: numbers[2 * index + 1] ?? 0,
  }));
}

/** In order, not overlapping, within the file, and as long as what is stored. @throws TcError TAR_INVALID */
export function checkExtents(extents: readonly Extent[], size: number, stored: number): void {
  let [end, sum] = [0, 0];
  for (const { offset, length } of extents) {
    const isGood =
      Number.isSafeInteger(offset) && Number.isSafeInteger(length) && length >= 0 && offset >= end;
    if (!isGood || offset + length > size) throw badTar('a map of holes is out of order');
    end = offset + length;
    sum += length;
  }
  if (sum !== stored) throw badTar('a map of holes does not fit to what is stored');
}
