import { type Counts, chunkSlots, SlotCounts } from './slot-counts.ts';

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

/** `fromMs`, `toMs` and `atMs` of a cell. */
export type CellTimes = readonly [fromMs: number, toMs: number, atMs: number];

/** Of samples that are all the same. @returns undefined for a gap */
export function constantCell(
  value: number,
  count: number,
  [fromMs, toMs, atMs]: CellTimes,
): Cell | undefined {
  return count === 0 ? undefined : { fromMs, toMs, atMs, min: value, max: value, sum: value * count, count };
}

/** A run of slots of one series. While all its samples are the same only their value is kept: the rest follows from it. */
export class Chunk {
  readonly #counts: SlotCounts;
  readonly #width: 1 | 3;
  #value = Number.NaN;
  /** min, max, sum of each slot, once two samples differ; or the one sample that a slot can have. */
  #details: number[] | undefined;

  /** @param width 1 where no slot gets more than one sample */
  constructor(number: number, width: 1 | 3) {
    this.#counts = new SlotCounts(number);
    this.#width = width;
  }

  get number(): number {
    return this.#counts.number;
  }

  get bytes(): number {
    const details = this.#details === undefined ? 0 : 8 * this.#width * chunkSlots + arrayBytes;
    return chunkBytes + this.#counts.bytes + details;
  }

  /** What the chunk is known by when it is over: its only value, where none of the cgroup's frames was without it. */
  constant(frames: Counts): number | undefined {
    return this.#details === undefined && this.#counts.isWhole(frames) ? this.#value : undefined;
  }

  /** @param frames of the cgroup, with the one that this sample is of */
  add(slot: number, value: number, frames: Counts): void {
    this.#counts.add(slot, frames);
    if (Number.isNaN(this.#value)) this.#value = value;
    if (this.#details === undefined) {
      if (Object.is(value, this.#value)) return;
      this.#details = this.#spelledOut(frames, slot);
    }
    const details = this.#details;
    if (this.#width === 1) {
      details[slot] = value;
      return;
    }
    const at = slot * 3;
    const isFirst = this.#counts.isFirst(frames);
    details[at] = isFirst ? value : Math.min(details[at] ?? value, value);
    details[at + 1] = isFirst ? value : Math.max(details[at + 1] ?? value, value);
    details[at + 2] = isFirst ? value : (details[at + 2] ?? 0) + value;
  }

  /** @returns undefined for a gap */
  cell(slot: number, times: CellTimes, frames: Counts): Cell | undefined {
    const count = this.#counts.inSlot(slot, frames);
    const details = this.#details;
    if (details === undefined || this.#width === 1 || count === 0)
      return constantCell(details?.[slot] ?? this.#value, count, times);
    const [fromMs, toMs, atMs] = times;
    const [min = 0, max = 0, sum = 0] = details.slice(slot * 3, slot * 3 + 3);
    return { fromMs, toMs, atMs, min, max, sum, count };
  }

  /** @param newest the slot whose newest sample is the first that differs */
  #spelledOut(frames: Counts, newest: number): number[] {
    const width = this.#width;
    // Numbers alone, none of them missing: V8 keeps them as doubles, without an object for each.
    const details: number[] = new Array(width * chunkSlots).fill(Number.NaN);
    for (const [slot, counted] of this.#counts.list(frames).entries()) {
      const count = slot === newest ? counted - 1 : counted;
      if (count === 0) continue;
      const cell = width === 1 ? [this.#value] : [this.#value, this.#value, this.#value * count];
      for (const [at, each] of cell.entries()) details[slot * width + at] = each;
    }
    return details;
  }
}

// What V8 (of Node.js 24) takes for them, by a heap snapshot.
const chunkBytes = 72;
const arrayBytes = 48;
