import { type Cell, type CellTimes, Chunk, constantCell } from './cells.ts';
import { Ring } from './ring.ts';
import { type Counts, chunkSlots } from './slot-counts.ts';

/** The newest chunks of one series at one resolution. */
export class Chunks {
  /** Of a chunk that is over and always had the same value (of an idle cgroup, of a limit) there is only the value. */
  readonly #ring: Ring<Chunk | number>;
  readonly #width: 1 | 3;
  #newest: Chunk | undefined;

  /**
   * @param kept how many chunks are kept
   * @param width 1 where no slot gets more than one sample
   */
  constructor(kept: number, width: 1 | 3 = 3) {
    this.#ring = new Ring(kept);
    this.#width = width;
  }

  /** @returns by how many bytes they have grown */
  add(slot: number, value: number, frames: Counts): number {
    const number = Math.floor(slot / chunkSlots);
    let chunk = this.#newest;
    let grown = 0;
    if (chunk?.number !== number) {
      const before = this.bytes;
      chunk = this.#begin(number, frames);
      grown = this.bytes - before;
    }
    const before = chunk.bytes;
    chunk.add(slot % chunkSlots, value, frames);
    return grown + chunk.bytes - before;
  }

  /** @returns undefined for a gap, and for what is forgotten */
  cell(slot: number, times: CellTimes, frames: Counts): Cell | undefined {
    const number = Math.floor(slot / chunkSlots);
    const chunk = this.#ring.at(number);
    return typeof chunk === 'number'
      ? constantCell(chunk, frames.inSlot(number, slot % chunkSlots), times)
      : chunk?.cell(slot % chunkSlots, times, frames);
  }

  /** Forgets what is older than a chunk. @returns the bytes that this frees */
  dropBefore(number: number): number {
    const before = this.bytes;
    this.#ring.dropBefore(number);
    return before - this.bytes;
  }

  get bytes(): number {
    return this.#ring.bytes((chunk) => (typeof chunk === 'number' ? numberBytes : chunk.bytes));
  }

  #begin(number: number, frames: Counts): Chunk {
    const over = this.#newest;
    const value = over?.constant(frames);
    if (over !== undefined && value !== undefined) this.#ring.put(over.number, value);
    this.#newest = new Chunk(number, this.#width);
    this.#ring.put(number, this.#newest);
    return this.#newest;
  }
}

/** Of one that is no small integer. */
const numberBytes = 16;
