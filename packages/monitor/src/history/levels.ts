import { type Cell, chunkSlots } from './cells.ts';
import { Ring } from './ring.ts';
import type { Ticks } from './ticks.ts';

/** Every frame: some 10 minutes of them at one a second. */
export const keptTicks = 600;
/** What is kept when the frames themselves are forgotten, the finest first. */
export const coarse = [
  { slotMs: 10_000, slots: 1080 },
  { slotMs: 60_000, slots: 1440 },
] as const;

/** Ticks whose values a series may still have: whole chunks. */
export const heldTicks = (Math.ceil(keptTicks / chunkSlots) + 1) * chunkSlots;

/** One series, at all resolutions at once: none is made of another, so that min, max and mean are those of the samples. */
export class Series {
  readonly #fine = new Ring(keptTicks, 1);
  readonly #coarse = coarse.map(({ slots }) => new Ring(slots));

  /** @returns by how many bytes it has grown */
  add(tick: number, nowMs: number, value: number): number {
    let grown = this.#fine.add(tick, value);
    for (const [level, ring] of this.#coarse.entries()) grown += ring.add(slotAt(level, nowMs), value);
    return grown;
  }

  dropBefore(level: number, chunk: number): number {
    return this.#coarse[level]?.dropBefore(chunk) ?? 0;
  }

  get bytes(): number {
    return [this.#fine, ...this.#coarse].reduce((sum, ring) => sum + ring.bytes, 0);
  }

  /** Of frames, from one on. */
  *ticksFrom(first: number, ticks: Ticks): Generator<Cell> {
    for (let tick = first; tick <= ticks.tick; tick++) {
      const toMs = ticks.timeOf(tick);
      const fromMs = toMs - ticks.intervalOf(tick);
      const cell = this.#fine.chunkOf(tick)?.cell(tick % chunkSlots, fromMs, toMs, toMs);
      if (cell !== undefined) yield cell;
    }
  }

  /** Of one of the coarser resolutions, from one time to another, which are times of slots. */
  *slots(level: number, fromMs: number, toMs: number): Generator<Cell> {
    const slotMs = coarse[level]?.slotMs ?? 1;
    for (let slot = slotAt(level, fromMs); slot * slotMs < toMs; slot++) {
      const begin = slot * slotMs;
      const chunk = this.#coarse[level]?.chunkOf(slot);
      const cell = chunk?.cell(slot % chunkSlots, begin, begin + slotMs, begin + slotMs / 2);
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
