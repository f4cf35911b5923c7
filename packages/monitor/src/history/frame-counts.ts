import { chunkSlots } from './cells.ts';

/** How many frames there were in each slot of the newest chunks: what all series have in common. */
export class FrameCounts {
  readonly #chunks: (Counted | undefined)[];

  /** @param chunks that are kept */
  constructor(chunks: number) {
    this.#chunks = new Array(chunks).fill(undefined);
  }

  add(slot: number): void {
    const number = Math.floor(slot / chunkSlots);
    const place = number % this.#chunks.length;
    let chunk = this.#chunks[place];
    if (chunk?.number !== number) {
      chunk = { number, all: 0, inSlot: new Uint16Array(chunkSlots) };
      this.#chunks[place] = chunk;
    }
    chunk.all += 1;
    const within = slot % chunkSlots;
    chunk.inSlot[within] = Math.min(0xffff, (chunk.inSlot[within] ?? 0) + 1);
  }

  /** @param slot counted from the chunk's first */
  inSlot(number: number, slot: number): number {
    return this.#chunk(number)?.inSlot[slot] ?? 0;
  }

  inChunk(number: number): number {
    return this.#chunk(number)?.all ?? 0;
  }

  #chunk(number: number): Counted | undefined {
    const chunk = this.#chunks[number % this.#chunks.length];
    return chunk?.number === number ? chunk : undefined;
  }
}

interface Counted {
  readonly number: number;
  all: number;
  readonly inSlot: Uint16Array;
}
