import type { FrameCounts } from './frame-counts.ts';

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
/** What a chunk takes in V8 (of Node.js 24, by a heap snapshot): the object and its one value. */
export const emptyChunkBytes = 110;
/** What an array of its own takes besides its elements. */
export const arrayBytes = 300;

/**
 * A run of slots of one series. While all its samples are the same (an idle cgroup, a limit, no network) only their
 * value is kept: min, max and sum follow from it. And while it was in each frame of its cgroup, those are its samples.
 */
export class Chunk {
  /** Which run it is: the time of its first slot, in chunks. */
  readonly number: number;
  readonly #width: 1 | 3;
  #value = Number.NaN;
  /** min, max, sum of each slot, once two samples differ; or the one sample that a slot can have. */
  #details: Float64Array | undefined;
  #samples = 0;
  #newest = -1;
  /** Samples in each slot, once a frame of its cgroup was without it. 65535 are enough for one a millisecond. */
  #own: Uint16Array | undefined;

  /** @param width 1 where no slot gets more than one sample */
  constructor(number: number, width: 1 | 3 = 3) {
    this.number = number;
    this.#width = width;
  }

  get bytes(): number {
    const details = this.#details === undefined ? 0 : 8 * this.#width * chunkSlots + arrayBytes;
    return emptyChunkBytes + details + (this.#own === undefined ? 0 : 2 * chunkSlots + arrayBytes);
  }

  /** @param frames with the one that this sample is of */
  add(slot: number, value: number, frames: FrameCounts): void {
    if (this.#own === undefined && this.#samples + 1 !== frames.inChunk(this.number)) {
      this.#own = this.#counts(frames);
    }
    const count = this.#own === undefined ? frames.inSlot(this.number, slot) - 1 : (this.#own[slot] ?? 0);
    if (count === 0xffff) return;
    if (Number.isNaN(this.#value)) this.#value = value;
    if (this.#details === undefined && !Object.is(value, this.#value)) {
      this.#details = this.#spelledOut(this.#counts(frames));
    }
    const details = this.#details;
    if (details !== undefined && this.#width === 1) details[slot] = value;
    else if (details !== undefined) {
      const at = slot * 3;
      details[at] = count === 0 ? value : Math.min(details[at] ?? value, value);
      details[at + 1] = count === 0 ? value : Math.max(details[at + 1] ?? value, value);
      details[at + 2] = count === 0 ? value : (details[at + 2] ?? 0) + value;
    }
    if (this.#own !== undefined) this.#own[slot] = count + 1;
    this.#samples += 1;
    this.#newest = slot;
  }

  /** @returns undefined for a gap */
  cell(
    slot: number,
    [fromMs, toMs, atMs]: readonly [fromMs: number, toMs: number, atMs: number],
    frames: FrameCounts,
  ): Cell | undefined {
    const count = this.#count(slot, frames);
    if (count === 0) return undefined;
    const details = this.#details;
    if (details === undefined || this.#width === 1) {
      const value = details?.[slot] ?? this.#value;
      return { fromMs, toMs, atMs, min: value, max: value, sum: value * count, count };
    }
    const [min = 0, max = 0, sum = 0] = details.subarray(slot * 3, slot * 3 + 3);
    return { fromMs, toMs, atMs, min, max, sum, count };
  }

  /** Samples in a slot. All frames of a slot before the newest one had it; of the newest, those that are left. */
  #count(slot: number, frames: FrameCounts): number {
    if (this.#own !== undefined) return this.#own[slot] ?? 0;
    if (slot !== this.#newest) return slot < this.#newest ? frames.inSlot(this.number, slot) : 0;
    let before = 0;
    for (let each = 0; each < slot; each++) before += frames.inSlot(this.number, each);
    return this.#samples - before;
  }

  #counts(frames: FrameCounts): Uint16Array {
    return new Uint16Array(chunkSlots).map((_, slot) => this.#count(slot, frames));
  }

  #spelledOut(counts: Uint16Array): Float64Array {
    const width = this.#width;
    const details = new Float64Array(width * chunkSlots);
    for (const [slot, count] of counts.entries()) {
      if (count === 0) continue;
      if (width === 1) details[slot] = this.#value;
      else details.set([this.#value, this.#value, this.#value * count], slot * 3);
    }
    return details;
  }
}
