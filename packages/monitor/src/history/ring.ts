import { Chunk, chunkSlots } from './cells.ts';
import type { FrameCounts } from './frame-counts.ts';

/** Chunks of one series at one resolution. A chunk is made when a sample falls into it, and takes the oldest's place. */
export class Ring {
  readonly #chunks: (Chunk | undefined)[];
  readonly #width: 1 | 3;

  /**
   * @param chunks that are kept
   * @param width 1 where no slot gets more than one sample
   */
  constructor(chunks: number, width: 1 | 3 = 3) {
    this.#width = width;
    this.#chunks = new Array(chunks).fill(undefined);
  }

  /** @returns by how many bytes the ring has grown */
  add(slot: number, value: number, frames: FrameCounts): number {
    const number = Math.floor(slot / chunkSlots);
    const place = number % this.#chunks.length;
    let chunk = this.#chunks[place];
    let before = chunk?.bytes ?? 0;
    if (chunk?.number !== number) {
      chunk = new Chunk(number, this.#width);
      this.#chunks[place] = chunk;
    } else before = chunk.bytes;
    chunk.add(slot % chunkSlots, value, frames);
    return chunk.bytes - before;
  }

  /** The chunk that a slot is in, where it is still kept. */
  chunkOf(slot: number): Chunk | undefined {
    const number = Math.floor(slot / chunkSlots);
    const chunk = this.#chunks[number % this.#chunks.length];
    return chunk?.number === number ? chunk : undefined;
  }

  /** Forgets what is older than a chunk. @returns the bytes that this frees */
  dropBefore(number: number): number {
    let freed = 0;
    for (const [place, chunk] of this.#chunks.entries()) {
      if (chunk === undefined || chunk.number >= number) continue;
      freed += chunk.bytes;
      this.#chunks[place] = undefined;
    }
    return freed;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.bytes ?? 0), 0);
  }
}
