/** Keys that leave a terminal to itself, found among those that are typed. */
export interface Typed {
  /** What is for the container. */
  readonly pass: Uint8Array;
  readonly detach: boolean;
}

/** Finds the keys in what is typed. What may become them is held back until the next key tells. */
export class DetachKeys {
  readonly #keys: Uint8Array;
  #held = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  push(typed: Uint8Array): Typed {
    const keys = this.#keys;
    if (keys.length === 0) return { pass: typed, detach: false };
    const pass: number[] = [];
    for (const byte of typed) {
      // What is held are the first of the keys: where this one does not go on with them, a shorter end of it may.
      while (this.#held > 0 && keys[this.#held] !== byte) {
        const shorter = this.#shorter();
        pass.push(...keys.subarray(0, this.#held - shorter));
        this.#held = shorter;
      }
      if (keys[this.#held] !== byte) pass.push(byte);
      else this.#held += 1;
      if (this.#held === keys.length) {
        this.#held = 0;
        return { pass: Uint8Array.from(pass), detach: true };
      }
    }
    return { pass: Uint8Array.from(pass), detach: false };
  }

  /** The length of the longest proper end of what is held that is a beginning of the keys, too. */
  #shorter(): number {
    for (let length = this.#held - 1; length > 0; length -= 1) {
      const end = this.#keys.subarray(this.#held - length, this.#held);
      if (end.every((byte, index) => byte === this.#keys[index])) return length;
    }
    return 0;
  }
}
