import { monotonicMs } from '../sampling/monotonic.ts';

const firstPatienceMs = 5000;

/**
 * Says when a frame can be made: each interval, as soon as every thread has finished its tick, or after a while without
 * those that have not.
 */
export class Rounds {
  readonly #intervalMs: number;
  readonly #graceMs: number;
  readonly #events: { isComplete(round: number): boolean; watchdog(): void };
  #startMs: number | undefined;
  #completed = -1;
  #isClosed = false;
  #error: unknown;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(intervalMs: number, events: { isComplete(round: number): boolean; watchdog(): void }) {
    this.#intervalMs = intervalMs;
    this.#graceMs = Math.min(intervalMs / 2, 250);
    this.#events = events;
  }

  begin(startMs: number): void {
    if (this.#isClosed) return;
    this.#startMs = startMs;
    this.#schedule();
  }

  #schedule(): void {
    const next = this.#completed + 1;
    const dueMs = (this.#startMs ?? 0) + next * this.#intervalMs;
    clearTimeout(this.#timer);
    // While threads are up, the pool keeps the process alive.
    this.#timer = setTimeout(() => this.#deadline(), Math.max(1, dueMs + this.#graceMs - monotonicMs()));
    this.check();
  }

  #deadline(): void {
    this.#events.watchdog();
    // The first frame waits for threads to start, with as little patience for those that block.
    const isEarly = this.#completed < 0 && monotonicMs() - (this.#startMs ?? 0) < firstPatienceMs;
    if (!isEarly || this.#events.isComplete(0)) this.#complete(this.#roundNow());
    else this.#timer = setTimeout(() => this.#deadline(), this.#graceMs);
  }

  #roundNow(): number {
    const round = Math.floor((monotonicMs() - (this.#startMs ?? 0)) / this.#intervalMs + 0.01);
    return Math.max(round, this.#completed + 1);
  }

  /** A thread has finished a tick: was it the last one? */
  check(): void {
    if (this.#startMs === undefined || this.#isClosed) return;
    const round = Math.floor((monotonicMs() - this.#startMs) / this.#intervalMs + 0.01);
    if (round <= this.#completed || !this.#events.isComplete(round)) return;
    this.#events.watchdog();
    this.#complete(round);
  }

  #complete(round: number): void {
    if (this.#isClosed) return;
    this.#completed = round;
    this.#wake();
    this.#schedule();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /**
   * The newest round after `round`, once there is one; undefined at the end.
   * @throws what it has failed with
   */
  async after(round: number): Promise<number | undefined> {
    while (!this.#isClosed && this.#error === undefined && this.#completed <= round)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#error !== undefined) throw this.#error;
    return this.#isClosed ? undefined : this.#completed;
  }

  /** There will be no more rounds. */
  fail(error: unknown): void {
    this.#error ??= error;
    clearTimeout(this.#timer);
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#wake();
  }
}
