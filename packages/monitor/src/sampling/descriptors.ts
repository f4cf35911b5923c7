import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/**
 * How many files may stay open, in all threads together. What is beyond is opened for each reading, which costs a few
 * times as much.
 */
export class DescriptorBudget {
  readonly buffer: SharedArrayBuffer;
  /** What is left of it, and what there was. */
  readonly #left: Int32Array;
  /** Taken through this object, and not given back. */
  readonly #taken: Int32Array;

  /** @param taken where it is counted, for those who have to give it back for a thread that can't any more */
  constructor(
    budget: number | SharedArrayBuffer,
    taken: Int32Array = new Int32Array(new SharedArrayBuffer(4)),
  ) {
    this.buffer = typeof budget === 'number' ? new SharedArrayBuffer(8) : budget;
    this.#left = new Int32Array(this.buffer);
    this.#taken = taken;
    if (typeof budget === 'number') this.#left.fill(budget);
  }

  /** @param reserve the share of the budget that is for others, who need it more */
  take(reserve = 0): boolean {
    if (Atomics.sub(this.#left, 0, 1) <= reserve * (this.#left[1] as number)) {
      Atomics.add(this.#left, 0, 1);
      return false;
    }
    Atomics.add(this.#taken, 0, 1);
    return true;
  }

  give(): void {
    Atomics.sub(this.#taken, 0, 1);
    Atomics.add(this.#left, 0, 1);
  }

  /** Gives back all that a thread had, as Node.js has closed its files. */
  giveAll(taken: Int32Array): void {
    Atomics.add(this.#left, 0, Atomics.exchange(taken, 0, 0));
  }
}

/** Half of what this process may have open, so that whoever uses this library has the other half. */
export function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === 'unlimited' ? 65_536 : Math.floor(Number(soft) / 2) || 128;
  } catch {
    return 128;
  }
}

/** A buffer that every file is read into. It grows for the file that does not fit. */
export class ReadBuffer {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(16_384);

  /** Reads a whole file from its start. @returns its length. @throws as fs.readSync() */
  read(fd: number): number {
    for (;;) {
      const length = readSync(fd, this.bytes, 0, this.bytes.length, 0);
      if (length < this.bytes.length || length >= 2 ** 22) return length;
      this.bytes = new Uint8Array(this.bytes.length * 4);
    }
  }

  /** Opens, reads and closes it. */
  readFile(path: string): number {
    const fd = openSync(path, 'r');
    try {
      return this.read(fd);
    } finally {
      closeSync(fd);
    }
  }
}
