import { counterCount, counterSlots } from '../figures/slots.ts';

/** A second of what a counter grew by between its last two readings. */
export class RateKeeper {
  readonly rates = new Float64Array(counterCount).fill(Number.NaN);
  readonly #values = new Float64Array(counterCount).fill(Number.NaN);
  readonly #times = new Float64Array(counterCount);

  /** Takes these counters' values, which were read at `monotonicMs`. NaN stands for a value that is not there. */
  update(counters: readonly number[], figures: Float64Array, monotonicMs: number): void {
    for (const counter of counters) {
      const value = figures[counterSlots[counter] as number] as number;
      const seconds = (monotonicMs - (this.#times[counter] as number)) / 1000;
      const grown = value - (this.#values[counter] as number);
      // A counter that fell has begun anew, and nobody knows when. Two readings in a row say nothing of a rate.
      this.rates[counter] = grown >= 0 && seconds > 0.001 ? grown / seconds : Number.NaN;
      this.#values[counter] = value;
      this.#times[counter] = monotonicMs;
    }
  }

  /** These were not read, as they can't have grown. What they have grown by the next time is since their last reading. */
  rest(counters: readonly number[]): void {
    for (const counter of counters)
      this.rates[counter] = Number.isNaN(this.#values[counter] as number) ? Number.NaN : 0;
  }

  /** The cgroup is another one of the same name. */
  forget(): void {
    this.rates.fill(Number.NaN);
    this.#values.fill(Number.NaN);
  }
}
