/**
 * The last values of one figure. Each is written twice, so that the newest lie side by side at any time and are read
 * without a copy.
 */
export class Ring {
  readonly #values: Float32Array;
  readonly #capacity: number;
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#values = new Float32Array(capacity * 2).fill(Number.NaN);
  }

  push(value: number): void {
    this.#values[this.#next] = value;
    this.#values[this.#next + this.#capacity] = value;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The newest last; NaN where nothing was read, or not yet. Valid until the next push. */
  last(count: number): Float32Array {
    const end = this.#next + this.#capacity;
    return this.#values.subarray(end - Math.min(count, this.#capacity), end);
  }

  copy(): Ring {
    const other = new Ring(this.#capacity);
    other.#values.set(this.#values);
    other.#next = this.#next;
    return other;
  }
}
