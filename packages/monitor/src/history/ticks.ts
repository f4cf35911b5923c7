import type { Frame } from '../frames/frame.ts';

/**
 * When the newest frames were. The axis begins at the first frame's time of day and goes on by the monotonic clock: a
 * clock that is set leaves no gap and no overlap.
 */
export class Ticks {
  readonly #kept: number;
  readonly #times: Float64Array;
  readonly #intervals: Float64Array;
  #newest: Frame | undefined;
  /** Of the newest frame; they count from 0. */
  tick = -1;
  nowMs = 0;

  constructor(kept: number) {
    this.#kept = kept;
    this.#times = new Float64Array(kept);
    this.#intervals = new Float64Array(kept);
  }

  add(frame: Frame): void {
    const before = this.#newest;
    if (before === undefined) this.nowMs = frame.time.getTime();
    else {
      const elapsedMs = frame.monotonicMs - before.monotonicMs;
      // A recording that goes on after the machine was started again.
      const byDayMs = frame.time.getTime() - before.time.getTime();
      this.nowMs += elapsedMs > 0 ? elapsedMs : Math.max(byDayMs, frame.intervalMs);
    }
    this.#newest = frame;
    this.tick += 1;
    this.#times[this.tick % this.#kept] = this.nowMs;
    this.#intervals[this.tick % this.#kept] = frame.intervalMs;
  }

  timeOf(tick: number): number {
    return this.#times[tick % this.#kept] ?? 0;
  }

  intervalOf(tick: number): number {
    return this.#intervals[tick % this.#kept] ?? 0;
  }

  /** The first of the kept ticks, from `oldest` on, that is not before a time. */
  firstFrom(ms: number, oldest: number): number {
    let [low, high] = [oldest, this.tick + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeOf(middle) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What to add to the axis for the time of day, as the clock stands now. */
  get offsetMs(): number {
    return this.#newest === undefined ? 0 : this.#newest.time.getTime() - this.nowMs;
  }
}
