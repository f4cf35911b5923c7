import { arrayBytes, chunkSlots, emptyChunkBytes } from './cells.ts';

/** How many frames a cgroup was in, in each slot of the newest chunks: what its series have in common. */
export class FrameCounts {
  readonly #chunks: (Counted | undefined)[];

  /** @param chunks that are kept */
  constructor(chunks: number) {
    this.#chunks = new Array(chunks).fill(undefined);
  }

  /** @returns by how many bytes they have grown */
  add(slot: number): number {
    const number = Math.floor(slot / chunkSlots);
    const place = number % this.#chunks.length;
    let chunk = this.#chunks[place];
    const grown = chunk === undefined ? countedBytes : 0;
    if (chunk?.number !== number) {
      chunk = { number, all: 0, inSlot: new Uint16Array(chunkSlots) };
      this.#chunks[place] = chunk;
    }
    chunk.all += 1;
    const within = slot % chunkSlots;
    chunk.inSlot[within] = Math.min(0xffff, (chunk.inSlot[within] ?? 0) + 1);
    return grown;
  }

  /** @param slot counted from the chunk's first */
  inSlot(number: number, slot: number): number {
    return this.#chunk(number)?.inSlot[slot] ?? 0;
  }

  inChunk(number: number): number {
    return this.#chunk(number)?.all ?? 0;
  }

  /** Forgets what is older than a chunk. @returns the bytes that this frees */
  dropBefore(number: number): number {
    const before = this.bytes;
    for (const [place, chunk] of this.#chunks.entries()) {
      if (chunk !== undefined && chunk.number < number) this.#chunks[place] = undefined;
    }
    return before - this.bytes;
  }

  get bytes(): number {
    return this.#chunks.filter((chunk) => chunk !== undefined).length * countedBytes;
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

const countedBytes = emptyChunkBytes + 2 * chunkSlots + arrayBytes;
