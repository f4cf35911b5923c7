/** Slots in a chunk: what is allocated, and forgotten, at once. */
export const chunkSlots = 60;

/** How many there are in the slots of chunks. */
export interface Counts {
  /** @param slot counted from the chunk's first */
  inSlot(number: number, slot: number): number;
  inChunk(number: number): number;
  /** Numbers that another had in that chunk, where they are equal; otherwise these are remembered for others. */
  equalTo(number: number, own: Uint16Array): Uint16Array | undefined;
}

/**
 * How many there are in the slots of one chunk, of those in a whole: of all frames, those that a cgroup is in; of these,
 * those that have a sample of a series. Numbers of their own are kept only once one of the whole was missing.
 */
export class SlotCounts {
  /** Which run of slots it is: the time of its first slot, in chunks. */
  readonly number: number;
  #all = 0;
  #newest = -1;
  /** 65535 are enough for one a millisecond. */
  #own: Uint16Array | undefined;
  /** Its numbers are another's, too, whose memory they are. */
  #isShared = false;

  constructor(number: number) {
    this.number = number;
  }

  get all(): number {
    return this.#all;
  }

  get bytes(): number {
    return countsBytes + (this.#own === undefined || this.#isShared ? 0 : ownBytes);
  }

  /** @param whole with the one that this is of */
  add(slot: number, whole: Counts): void {
    if (this.#own === undefined && this.#all + 1 !== whole.inChunk(this.number)) this.#own = this.list(whole);
    if (this.#own !== undefined) this.#own[slot] = Math.min(0xffff, (this.#own[slot] ?? 0) + 1);
    this.#all += 1;
    this.#newest = slot;
  }

  /** Whether the newest one is the first of its slot. */
  isFirst(whole: Counts): boolean {
    return (this.#own?.[this.#newest] ?? whole.inSlot(this.number, this.#newest)) === 1;
  }

  /** All of a slot before the newest one are of the whole; of the newest, those that are left. */
  inSlot(slot: number, whole: Counts): number {
    if (this.#own !== undefined) return this.#own[slot] ?? 0;
    if (slot > this.#newest) return 0;
    if (slot < this.#newest || this.isWhole(whole)) return whole.inSlot(this.number, slot);
    let before = 0;
    for (let each = 0; each < slot; each++) before += whole.inSlot(this.number, each);
    return this.#all - before;
  }

  /** Whether none of the whole is missing. */
  isWhole(whole: Counts): boolean {
    return this.#own === undefined && this.#all === whole.inChunk(this.number);
  }

  /**
   * When the chunk is over.
   * @param equal looks for the same numbers elsewhere
   */
  share(equal: (own: Uint16Array) => Uint16Array | undefined): void {
    const found = this.#own && equal(this.#own);
    if (found === undefined) return;
    this.#own = found;
    this.#isShared = true;
  }

  list(whole: Counts): Uint16Array {
    return new Uint16Array(chunkSlots).map((_, slot) => this.inSlot(slot, whole));
  }
}

// What V8 (of Node.js 24) takes for them, by a heap snapshot.
const countsBytes = 56;
/** The elements, and what a typed array takes besides. */
const ownBytes = 2 * chunkSlots + 300;
