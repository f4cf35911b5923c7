/**
 * Samples in memory that threads share. A slot holds one cgroup's newest sample twice: the writer fills the half that
 * nobody is told of, and then says that it is the newest. A reader that was overtaken while it copied tries again, so
 * it never sees half of one sample and half of another. A slot has one writer at a time.
 */
import { counterCount, figureCount } from '../figures/slots.ts';

/**
 * Of a sample, in float64: when it was read, when a figure or rate of it was last another one, when the cgroup was made,
 * what reading it cost, figures, rates.
 */
export const sampleLayout = {
  monotonicMs: 0,
  changedMs: 1,
  bornMs: 2,
  costUsec: 3,
  figures: 4,
  rates: 4 + figureCount,
} as const;
export const sampleLength = sampleLayout.rates + counterCount;

/**
 * Before the halves: how many samples were published, which wraps and harms nobody; and until when the newest one is
 * known to hold.
 */
const headerLength = 2;
const slotLength = headerLength + 2 * sampleLength;
export const slotsInChunk = 64;

export class SampleMemory {
  readonly buffer: SharedArrayBuffer;
  readonly #floats: Float64Array;
  readonly #published: Int32Array;

  constructor(buffer = new SharedArrayBuffer(slotsInChunk * slotLength * Float64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#floats = new Float64Array(buffer);
    this.#published = new Int32Array(buffer);
  }

  /** For the writer: the half to be filled with the next sample. */
  draft(slot: number): Float64Array {
    return this.#half(slot, Atomics.load(this.#published, slot * slotLength * 2) + 1);
  }

  /** For the writer: what it has published last. */
  newest(slot: number): Float64Array | undefined {
    const published = Atomics.load(this.#published, slot * slotLength * 2);
    return published === 0 ? undefined : this.#half(slot, published);
  }

  #half(slot: number, published: number): Float64Array {
    const at = slot * slotLength + headerLength + (published & 1) * sampleLength;
    return this.#floats.subarray(at, at + sampleLength);
  }

  /** The draft is the newest sample. */
  publish(slot: number): void {
    Atomics.add(this.#published, slot * slotLength * 2, 1);
  }

  /** For the writer: the newest sample still holds, so that there is none to be published. */
  confirm(slot: number, monotonicMs: number): true {
    this.#floats[slot * slotLength + 1] = monotonicMs;
    return true;
  }

  /**
   * Copies the newest sample; of one that was last changed at `knownMs` not the figures and rates, as these are known.
   * @returns false where there is none yet, or the writer was faster each time
   */
  read(slot: number, into: Float64Array, knownMs?: number): boolean {
    const counter = slot * slotLength * 2;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const published = Atomics.load(this.#published, counter);
      if (published === 0) return false;
      const at = slot * slotLength + headerLength + (published & 1) * sampleLength;
      const length =
        this.#floats[at + sampleLayout.changedMs] === knownMs ? sampleLayout.figures : sampleLength;
      for (let index = 0; index < length; index += 1) into[index] = this.#floats[at + index] as number;
      const confirmedMs = this.#floats[slot * slotLength + 1] as number;
      if (Atomics.load(this.#published, counter) !== published) continue;
      if (confirmedMs > (into[sampleLayout.monotonicMs] as number))
        into[sampleLayout.monotonicMs] = confirmedMs;
      return true;
    }
    return false;
  }

  /** For the next cgroup that gets this slot. */
  clear(slot: number): void {
    this.#floats[slot * slotLength + 1] = 0;
    Atomics.store(this.#published, slot * slotLength * 2, 0);
  }
}
