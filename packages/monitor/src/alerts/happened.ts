/** A counter of what happens now and then, of one cgroup. */
export class HappenedState {
  #value: number | undefined;
  #lastMs = 0;
  #times = 0;
  #since: Date | undefined;
  #isAlert = false;

  /** @param before what it counted when it was seen first: what happened before is nobody's alert */
  constructor(before: number | undefined) {
    this.#value = before;
  }

  get isAlert(): boolean {
    return this.#isAlert;
  }

  /** When the alert began, also of one that has just ended. */
  get since(): Date | undefined {
    return this.#since;
  }

  /** How often since the alert began. */
  get times(): number {
    return this.#times;
  }

  look(
    value: number,
    { time, monotonicMs }: { readonly time: Date; readonly monotonicMs: number },
    quietMs: number,
  ): 'begin' | 'end' | undefined {
    // One that is lower than it was has begun anew with its cgroup: all that it counts is new.
    const before = this.#value;
    const grown = before === undefined ? 0 : value >= before ? value - before : value;
    this.#value = value;
    this.#lastMs = Math.min(this.#lastMs, monotonicMs); // after a boot, in a recording
    if (grown > 0) {
      this.#lastMs = monotonicMs;
      this.#times = this.#isAlert ? this.#times + grown : grown;
      if (this.#isAlert) return undefined;
      this.#since = time;
      this.#isAlert = true;
      return 'begin';
    }
    if (!this.#isAlert || monotonicMs - this.#lastMs < quietMs) return undefined;
    this.#isAlert = false;
    return 'end';
  }
}
