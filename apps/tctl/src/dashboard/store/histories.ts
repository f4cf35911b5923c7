import type { Row } from '../model/row.ts';

/** What the table draws of each row. */
export type TraceName = 'cpu' | 'memory' | 'pids';

const offsets: Readonly<Record<TraceName, number>> = { cpu: 0, memory: 1, pids: 2 };
const traces = 3;

/** Enough for the widest graph of the table: two values a cell. */
const capacity = 64;
/** How long the values of what is gone are kept: it may be a restart. */
const ticksKept = 60;

/** The last values of all three. Each is written twice, so that the newest lie side by side: see ring.ts. */
interface Track {
  readonly values: Float32Array;
  lastTick: number;
}

/** The values of the table's graphs. Outside React and out of the state: 1,000 containers are 1.5 MB, and grow no more. */
export class Histories {
  readonly #byKey: Map<string, Track>;
  /** How many frames it has been given: all of them are written to at the same place. */
  #tick: number;

  constructor(byKey = new Map<string, Track>(), tick = 0) {
    this.#byKey = byKey;
    this.#tick = tick;
  }

  /** All rows of a frame. */
  push(rows: readonly Row[]): void {
    this.#tick += 1;
    for (const row of rows) this.#pushRow(row);
    if (this.#byKey.size > rows.length) this.#pushGone();
  }

  #pushRow(row: Row): void {
    const { key } = row;
    let track = this.#byKey.get(key);
    if (track === undefined) {
      track = { values: new Float32Array(traces * 2 * capacity).fill(Number.NaN), lastTick: 0 };
      this.#byKey.set(key, track);
    }
    track.lastTick = this.#tick;
    this.#write(track, row.cpu, row.memoryBytes, row.pids);
  }

  #pushGone(): void {
    for (const [key, track] of this.#byKey) {
      if (track.lastTick === this.#tick) continue;
      if (this.#tick - track.lastTick > ticksKept) this.#byKey.delete(key);
      else this.#write(track);
    }
  }

  #write({ values }: Track, cpu = Number.NaN, memory = Number.NaN, pids = Number.NaN): void {
    let at = (this.#tick - 1) % capacity;
    for (let turn = 0; turn < 2; turn += 1) {
      values[at] = cpu;
      values[at + 2 * capacity] = memory;
      values[at + 4 * capacity] = pids;
      at += capacity;
    }
  }

  /** The newest last; valid until the next push. @returns undefined for what was never in a frame */
  last(key: string, name: TraceName, count: number): Float32Array | undefined {
    const values = this.#byKey.get(key)?.values;
    if (values === undefined) return undefined;
    const end = offsets[name] * 2 * capacity + (this.#tick % capacity) + capacity;
    return values.subarray(end - Math.min(count, capacity), end);
  }

  /** As it is now, for a view that stands still while frames go on. */
  copy(): Histories {
    const byKey = [...this.#byKey].map(([key, { values, lastTick }]): [string, Track] => [
      key,
      { values: values.slice(), lastTick },
    ]);
    return new Histories(new Map(byKey), this.#tick);
  }

  get size(): number {
    return this.#byKey.size;
  }
}
