import { Ring } from './ring.ts';
import { type Counts, chunkSlots, SlotCounts } from './slot-counts.ts';

/** Of nothing: what is counted of it has numbers of its own. */
const nothing: Counts = { inSlot: () => 0, inChunk: () => 0, equalTo: () => undefined };

/** Cgroups miss a frame together: those whose thread was late. So there are few different lists in a chunk. */
const mostLists = 8;

/** How many frames there were in each slot of the newest chunks, of all or of those that a cgroup is in. */
export class FrameCounts implements Counts {
  /** `whole` where the chunk is over, and the cgroup was in each of its frames. */
  readonly #chunks: Ring<SlotCounts | 'whole'>;
  readonly #whole: Counts;
  /** Those of cgroups that missed some of these frames. */
  readonly #lists: Ring<Uint16Array[]>;
  #newest: SlotCounts | undefined;

  /**
   * @param chunks that are kept
   * @param whole the frames that these are some of
   */
  constructor(chunks: number, whole: Counts = nothing) {
    this.#chunks = new Ring(chunks);
    this.#lists = new Ring(chunks);
    this.#whole = whole;
  }

  /** @returns by how many bytes they have grown */
  add(slot: number): number {
    const number = Math.floor(slot / chunkSlots);
    let chunk = this.#newest;
    let grown = 0;
    if (chunk?.number !== number) {
      const before = this.bytes;
      chunk = this.#begin(number);
      grown = this.bytes - before;
    }
    const before = chunk.bytes;
    chunk.add(slot % chunkSlots, this.#whole);
    return grown + chunk.bytes - before;
  }

  inSlot(number: number, slot: number): number {
    const chunk = this.#chunks.at(number);
    if (chunk === 'whole') return this.#whole.inSlot(number, slot);
    return chunk?.inSlot(slot, this.#whole) ?? 0;
  }

  inChunk(number: number): number {
    if (this.#newest?.number === number) return this.#newest.all;
    const chunk = this.#chunks.at(number);
    return chunk === 'whole' ? this.#whole.inChunk(number) : (chunk?.all ?? 0);
  }

  equalTo(number: number, own: Uint16Array): Uint16Array | undefined {
    const lists = this.#lists.at(number) ?? [];
    const equal = lists.find((list) => list.every((count, slot) => count === own[slot]));
    if (equal === undefined && lists.length < mostLists) this.#lists.put(number, [...lists, own]);
    return equal;
  }

  /** Forgets what is older than a chunk. @returns the bytes that this frees */
  dropBefore(number: number): number {
    const before = this.bytes;
    this.#chunks.dropBefore(number);
    return before - this.bytes;
  }

  get bytes(): number {
    return this.#chunks.bytes((chunk) => (chunk === 'whole' ? 0 : chunk.bytes));
  }

  #begin(number: number): SlotCounts {
    const over = this.#newest;
    if (over?.isWhole(this.#whole)) this.#chunks.put(over.number, 'whole');
    else over?.share((own) => this.#whole.equalTo(over.number, own));
    this.#newest = new SlotCounts(number);
    this.#chunks.put(number, this.#newest);
    return this.#newest;
  }
}
