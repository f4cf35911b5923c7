import type { Cell } from './cells.ts';
import { Chunks } from './chunks.ts';
import { FrameCounts } from './frame-counts.ts';
import { chunkSlots } from './slot-counts.ts';
import type { Ticks } from './ticks.ts';

/** Every frame: some 10 minutes of them at one a second. */
export const keptTicks = 600;
/** What is kept when the frames themselves are forgotten, the finest first. */
export const coarse = [
  { slotMs: 10_000, slots: 1080 },
  { slotMs: 60_000, slots: 1440 },
] as const;

/** Chunks that so many slots need: one more than they fill, as the newest is being filled. */
const chunksFor = (slots: number) => Math.ceil(slots / chunkSlots) + 1;

/** Ticks whose values a series may still have: whole chunks. */
export const heldTicks = chunksFor(keptTicks) * chunkSlots;

/** All frames, or those that a cgroup was in, at all resolutions. */
export class FrameLevels {
  readonly fine: FrameCounts;
  readonly coarse: readonly FrameCounts[];

  /** @param all the frames that these are some of */
  constructor(all?: FrameLevels) {
    this.fine = new FrameCounts(chunksFor(keptTicks), all?.fine);
    this.coarse = coarse.map(({ slots }, level) => new FrameCounts(chunksFor(slots), all?.coarse[level]));
  }

  /** @returns by how many bytes they have grown */
  add(tick: number, nowMs: number): number {
    let grown = this.fine.add(tick);
    for (const [level, counts] of this.coarse.entries()) grown += counts.add(slotAt(level, nowMs));
    return grown;
  }

  dropBefore(level: number, chunk: number): number {
    return this.coarse[level]?.dropBefore(chunk) ?? 0;
  }

  get bytes(): number {
    return [this.fine, ...this.coarse].reduce((sum, counts) => sum + counts.bytes, 0);
  }
}

/** One series, at all resolutions at once: none is made of another, so that min, max and mean are those of the samples. */
export class Series {
  readonly #frames: FrameLevels;
  readonly #fine = new Chunks(chunksFor(keptTicks), 1);
  readonly #coarse = coarse.map(({ slots }) => new Chunks(chunksFor(slots)));

  constructor(frames: FrameLevels) {
    this.#frames = frames;
  }

  /** Of a frame that the frames have already. @returns by how many bytes it has grown */
  add(tick: number, nowMs: number, value: number): number {
    let grown = this.#fine.add(tick, value, this.#frames.fine);
    for (const [level, counts] of this.#frames.coarse.entries())
      grown += this.#coarse[level]?.add(slotAt(level, nowMs), value, counts) ?? 0;
    return grown;
  }

  dropBefore(level: number, chunk: number): number {
    return this.#coarse[level]?.dropBefore(chunk) ?? 0;
  }

  get bytes(): number {
    return [this.#fine, ...this.#coarse].reduce((sum, chunks) => sum + chunks.bytes, 0);
  }

  /** Of frames, from one on. */
  *ticksFrom(first: number, ticks: Ticks): Generator<Cell> {
    for (let tick = first; tick <= ticks.tick; tick++) {
      const toMs = ticks.timeOf(tick);
      const fromMs = toMs - ticks.intervalOf(tick);
      const cell = this.#fine.cell(tick, [fromMs, toMs, toMs], this.#frames.fine);
      if (cell !== undefined) yield cell;
    }
  }

  /** Of one of the coarser resolutions, from one time to another, which are times of slots. */
  *slots(level: number, fromMs: number, toMs: number): Generator<Cell> {
    const [slotMs, chunks, counts] = [coarse[level]?.slotMs, this.#coarse[level], this.#frames.coarse[level]];
    if (slotMs === undefined || chunks === undefined || counts === undefined) return;
    for (let slot = slotAt(level, fromMs); slot * slotMs < toMs; slot++) {
      const begin = slot * slotMs;
      const cell = chunks.cell(slot, [begin, begin + slotMs, begin + slotMs / 2], counts);
      if (cell !== undefined) yield cell;
    }
  }
}

export function slotAt(level: number, ms: number): number {
  return Math.floor(ms / (coarse[level]?.slotMs ?? 1));
}

/** The chunk that slots of a time are in. */
export function chunkAt(level: number, ms: number): number {
  return Math.floor(slotAt(level, ms) / chunkSlots);
}

/** When the oldest chunk of a level begins that can still be there. */
export function oldestMs(level: number, nowMs: number): number {
  const { slotMs, slots } = coarse[level] ?? { slotMs: 1, slots: 0 };
  return (chunkAt(level, nowMs) - Math.ceil(slots / chunkSlots)) * chunkSlots * slotMs;
}
