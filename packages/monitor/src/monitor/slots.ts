import { SampleMemory, slotsInChunk } from '../sampling/sample-memory.ts';

/** Gives out the slots of shared memory, which grows by chunks. */
export class Slots {
  readonly #chunks: SampleMemory[] = [];
  readonly #free: number[] = [];
  readonly #onChunk: (buffer: SharedArrayBuffer) => void;

  /** @param onChunk whoever samples has to know each chunk before its slots */
  constructor(onChunk: (buffer: SharedArrayBuffer) => void) {
    this.#onChunk = onChunk;
  }

  get buffers(): readonly SharedArrayBuffer[] {
    return this.#chunks.map(({ buffer }) => buffer);
  }

  take(): number {
    if (this.#free.length === 0) {
      const memory = new SampleMemory();
      const first = this.#chunks.length * slotsInChunk;
      this.#chunks.push(memory);
      for (let index = slotsInChunk - 1; index >= 0; index -= 1) this.#free.push(first + index);
      this.#onChunk(memory.buffer);
    }
    return this.#free.pop() as number;
  }

  /** Nobody writes to it any more. */
  give(ref: number): void {
    this.#chunks[Math.floor(ref / slotsInChunk)]?.clear(ref % slotsInChunk);
    this.#free.push(ref);
  }

  read(ref: number, into: Float64Array, knownMs: number): boolean {
    return this.#chunks[Math.floor(ref / slotsInChunk)]?.read(ref % slotsInChunk, into, knownMs) === true;
  }
}
