/** A piece of a series over time: what all its samples are known by once they are forgotten. */
export interface Cell {
  /** Milliseconds on the history's own axis. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where it counts: a frame's cell at its end, as its rates are of the time before it; others in the middle. */
  readonly atMs: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
}

/** Slots in a chunk: what is allocated, and forgotten, at once. */
export const chunkSlots = 60;
/** What an empty chunk takes, with what V8 needs for it. */
export const emptyChunkBytes = 2 * chunkSlots + 200;
/** What each of min, max and sum takes in all slots, once a chunk needs them; and what V8 needs for the array. */
const columnBytes = 8 * chunkSlots;
const arrayBytes = 200;

/**
 * A run of slots of one series. While all its samples are the same (an idle cgroup, a limit, no network) only their
 * numbers are kept: min, max and sum follow from the value.
 */
export class Chunk {
  /** Which run it is: the time of its first slot, in chunks. */
  readonly number: number;
  /** Samples in each slot: 65535 are enough for one a millisecond. */
  readonly #counts = new Uint16Array(chunkSlots);
  #value = Number.NaN;
  /** min, max, sum of each slot, once two samples differ; or the one sample that a slot can have. */
  #details: Float64Array | undefined;
  readonly #width: 1 | 3;

  /** @param width 1 where no slot gets more than one sample */
  constructor(number: number, width: 1 | 3 = 3) {
    this.number = number;
    this.#width = width;
  }

  get bytes(): number {
    return emptyChunkBytes + (this.#details === undefined ? 0 : this.#width * columnBytes + arrayBytes);
  }

  add(slot: number, value: number): void {
    const count = this.#counts[slot] ?? 0;
    if (count === 0xffff) return;
    if (Number.isNaN(this.#value)) this.#value = value;
    if (this.#details === undefined && !Object.is(value, this.#value)) this.#details = this.#spelledOut();
    const details = this.#details;
    if (details !== undefined && this.#width === 1) details[slot] = value;
    else if (details !== undefined) {
      const at = slot * 3;
      details[at] = count === 0 ? value : Math.min(details[at] ?? value, value);
      details[at + 1] = count === 0 ? value : Math.max(details[at + 1] ?? value, value);
      details[at + 2] = count === 0 ? value : (details[at + 2] ?? 0) + value;
    }
    this.#counts[slot] = count + 1;
  }

  /** @returns undefined for a gap */
  cell(slot: number, fromMs: number, toMs: number, atMs: number): Cell | undefined {
    const count = this.#counts[slot] ?? 0;
    if (count === 0) return undefined;
    const details = this.#details;
    if (details === undefined || this.#width === 1) {
      const value = details?.[slot] ?? this.#value;
      return { fromMs, toMs, atMs, min: value, max: value, sum: value * count, count };
    }
    const [min = 0, max = 0, sum = 0] = details.subarray(slot * 3, slot * 3 + 3);
    return { fromMs, toMs, atMs, min, max, sum, count };
  }

  #spelledOut(): Float64Array {
    const width = this.#width;
    const details = new Float64Array(width * chunkSlots);
    for (const [slot, count] of this.#counts.entries()) {
      if (count === 0) continue;
      if (width === 1) details[slot] = this.#value;
      else details.set([this.#value, this.#value, this.#value * count], slot * 3);
    }
    return details;
  }
}
