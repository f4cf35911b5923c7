/** Shared memory in which a sampling thread says what it reads, so that others see where it is stuck. */
const REF = 0;
const DESCRIPTORS = 1;
const BEGAN = 1; // in float64

export class SamplerControl {
  readonly buffer: SharedArrayBuffer;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;

  constructor(buffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer;
    this.#ints = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
  }

  /** How many files the thread keeps open. */
  get descriptors(): Int32Array {
    return this.#ints.subarray(DESCRIPTORS, DESCRIPTORS + 1);
  }

  /** The thread begins to read this cgroup. */
  begin(ref: number, monotonicMs: number): void {
    this.#floats[BEGAN] = monotonicMs;
    Atomics.store(this.#ints, REF, ref + 1);
  }

  end(): void {
    Atomics.store(this.#ints, REF, 0);
  }

  /** What it reads, and since when; undefined where it rests. */
  reading(): { ref: number; beganMs: number } | undefined {
    const ref = Atomics.load(this.#ints, REF);
    return ref === 0 ? undefined : { ref: ref - 1, beganMs: this.#floats[BEGAN] as number };
  }
}
