import type { Role } from './role.ts';

/** What a made-up container does in a second, by its temper. Deterministic: all chance comes from its own numbers. */
export class Life {
  readonly role: Role;
  readonly #random: () => number;
  readonly #phase: number;
  #age = 0;
  #burst = 0;
  cpu = 0;
  memoryBytes: number;
  pids: number;
  readRate = 0;
  writeRate = 0;
  receiveRate = 0;
  transmitRate = 0;
  throttled = 0;
  oomKills = 0;

  constructor(role: Role, random: () => number) {
    this.role = role;
    this.#random = random;
    this.#phase = random() * 1000;
    this.memoryBytes = role.memoryBytes * 0.8;
    this.pids = role.pids;
  }

  /** Another second has passed. @returns whether it met its memory limit, and began anew */
  step(
    memoryLimitBytes: number | undefined,
    pidsLimit: number | undefined,
    cpuLimit: number | undefined,
  ): boolean {
    this.#age += 1;
    const activity = this.#activity();
    const wanted = this.role.cpu * activity * (0.9 + 0.2 * this.#random());
    this.cpu = approach(this.cpu, Math.min(wanted, cpuLimit ?? 64), 0.6);
    this.throttled =
      cpuLimit !== undefined && wanted > cpuLimit * 0.97 ? Math.min(1, 0.3 + 0.5 * this.#random()) : 0;
    this.pids = this.#nextPids(activity, pidsLimit);
    const jitter = 0.7 + 0.6 * this.#random();
    this.receiveRate = this.role.network * activity * jitter;
    this.transmitRate = this.role.network * activity * (1.4 - jitter / 2);
    this.readRate = this.role.io * activity * jitter * 0.6;
    this.writeRate = this.role.io * activity * (1.5 - jitter) * 0.5;
    this.memoryBytes = this.#nextMemory(activity);
    if (memoryLimitBytes === undefined || this.memoryBytes < memoryLimitBytes) return false;
    if (this.role.temper !== 'leak') {
      this.memoryBytes = memoryLimitBytes * 0.995;
      return false;
    }
    this.oomKills += 1;
    this.memoryBytes = this.role.memoryBytes * 0.3;
    return true;
  }

  /** Around 1. */
  #activity(): number {
    const time = this.#age + this.#phase;
    switch (this.role.temper) {
      case 'idle':
        return this.#random() < 0.05 ? 3 : 0.2;
      case 'waves':
        return 0.9 + 0.55 * Math.sin(time / 17) + 0.25 * Math.sin(time / 5.3);
      case 'bursts':
      case 'forks':
        if (this.#burst > 0) this.#burst -= 1;
        else if (this.#random() < 0.04) this.#burst = 6 + Math.floor(this.#random() * 14);
        return this.#burst > 0 ? 1.3 : 0.12;
      default:
        return 0.95 + 0.1 * Math.sin(time / 9);
    }
  }

  #nextPids(activity: number, limit: number | undefined): number {
    const { pids, temper } = this.role;
    if (temper !== 'forks' && temper !== 'bursts') return pids;
    const wanted = Math.max(
      2,
      Math.round(pids * (0.4 + activity * 0.6) + (this.#random() - 0.5) * pids * 0.3),
    );
    return Math.min(wanted, limit ?? wanted);
  }

  #nextMemory(activity: number): number {
    const { memoryBytes, temper } = this.role;
    switch (temper) {
      case 'leak':
        return this.memoryBytes + memoryBytes * 0.035 * (0.5 + this.#random());
      case 'garbage': {
        const grown = this.memoryBytes + memoryBytes * 0.018 * (0.5 + this.#random());
        return grown > memoryBytes * 1.06 ? memoryBytes * 0.72 : grown;
      }
      case 'batch':
        return approach(this.memoryBytes, memoryBytes * (0.5 + ((this.#age + this.#phase) % 90) / 90), 0.2);
      default:
        return approach(this.memoryBytes, memoryBytes * (0.9 + 0.15 * activity), 0.12);
    }
  }
}

function approach(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
