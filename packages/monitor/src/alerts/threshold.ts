import type { ThresholdRule } from './measure.ts';

/** Of the threshold: a value that only trembles around it neither ends nor begins anything. */
const hysteresis = 0.05;

export interface Limits {
  /** Whether it begins, or goes on to. */
  readonly isBeyond: (value: number) => boolean;
  /** Whether it ends. */
  readonly isBack: (value: number) => boolean;
}

/** @returns undefined where the rule makes no sense */
export function limitsOf({ above, below, clear }: ThresholdRule): Limits | undefined {
  const threshold = above ?? below;
  if (threshold === undefined || (above !== undefined && below !== undefined) || Number.isNaN(threshold))
    return undefined;
  const margin = Math.abs(threshold) * hysteresis;
  if (above !== undefined) {
    const backAt = clear ?? above - margin;
    if (!(backAt <= above)) return undefined;
    return { isBeyond: (value) => value > above, isBack: (value) => value <= backAt };
  }
  const backAt = clear ?? threshold + margin;
  if (!(backAt >= threshold)) return undefined;
  return { isBeyond: (value) => value < threshold, isBack: (value) => value >= backAt };
}

/** One rule about one cgroup: ok, waiting until it has been so for long enough, or an alert. */
export class ThresholdState {
  #since: { readonly time: Date; readonly monotonicMs: number } | undefined;
  #begun: Date | undefined;
  #isAlert = false;

  get isAlert(): boolean {
    return this.#isAlert;
  }

  /** When the alert began to be so, also of one that has just ended. */
  get since(): Date | undefined {
    return this.#begun;
  }

  /** @returns what has changed */
  look(
    value: number,
    now: { readonly time: Date; readonly monotonicMs: number },
    { isBeyond, isBack }: Limits,
    forMs: number,
  ): 'begin' | 'end' | undefined {
    if (this.#isAlert) {
      if (!isBack(value)) return undefined;
      this.#isAlert = false;
      this.#since = undefined;
      return 'end';
    }
    if (!isBeyond(value)) {
      this.#since = undefined;
      return undefined;
    }
    // A recording may go on after a boot, where the clock begins anew.
    if (this.#since === undefined || now.monotonicMs < this.#since.monotonicMs) this.#since = now;
    if (now.monotonicMs - this.#since.monotonicMs < forMs) return undefined;
    this.#isAlert = true;
    this.#begun = this.#since.time;
    return 'begin';
  }
}
