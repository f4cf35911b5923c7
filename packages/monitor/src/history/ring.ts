/** The newest of what is numbered, and comes in the order of its numbers. What is skipped is not there. */
export class Ring<T> {
  readonly #places: (T | undefined)[];
  #newest = -1;

  /** @param kept how many numbers are kept */
  constructor(kept: number) {
    this.#places = new Array(kept).fill(undefined);
  }

  /** -1 before the first. */
  get newest(): number {
    return this.#newest;
  }

  at(number: number): T | undefined {
    return number > this.#newest || number < this.#oldest ? undefined : this.#places[this.#placeOf(number)];
  }

  /** Takes the place of what is too old then. */
  put(number: number, value: T): void {
    for (let skipped = Math.max(this.#newest, number - this.#places.length) + 1; skipped < number; skipped++)
      this.#places[this.#placeOf(skipped)] = undefined;
    this.#newest = Math.max(this.#newest, number);
    this.#places[this.#placeOf(number)] = value;
  }

  dropBefore(number: number): void {
    for (let each = this.#oldest; each < Math.min(number, this.#newest + 1); each++)
      this.#places[this.#placeOf(each)] = undefined;
  }

  /** @returns what it takes, with what each one that is there takes */
  bytes(of: (value: T) => number): number {
    const own = ringBytes + 8 * this.#places.length;
    return this.#places.reduce((sum, value) => sum + (value === undefined ? 0 : of(value)), own);
  }

  get #oldest(): number {
    return Math.max(0, this.#newest - this.#places.length + 1);
  }

  #placeOf(number: number): number {
    return number % this.#places.length;
  }
}

/** What V8 (of Node.js 24) takes for the objects, by a heap snapshot. */
const ringBytes = 120;
