import type { Frame, HostFigures } from '@tc/monitor';
import type { Mark, Update } from '../source/source.ts';
import { castOf } from './cast.ts';
import { DemoContainer } from './demo-container.ts';
import { randomFrom } from './random.ts';

const gib = 2 ** 30;
const cpus = 8;

/** A made-up machine with its containers, a second at a time. The same seed and start give the same frames. */
export class World {
  readonly random: () => number;
  readonly containers: DemoContainer[];
  readonly #beginMs: number;
  #seconds = 0;
  #marks: Mark[] = [];
  #load: [number, number, number] = [3.1, 2.7, 2.4];

  constructor(seed: number, count: number, begin: Date) {
    this.random = randomFrom(seed);
    this.#beginMs = begin.getTime();
    this.containers = castOf(count).map(
      (role) => new DemoContainer(role, randomFrom(Math.floor(this.random() * 2 ** 32)), begin),
    );
  }

  get now(): Date {
    return new Date(this.#beginMs + this.#seconds * 1000);
  }

  mark(container: DemoContainer, kind: Mark['kind'], text: string): void {
    this.#marks.push({ time: this.now, key: container.id, kind, text });
  }

  step(): Frame {
    this.#seconds += 1;
    for (const container of this.containers)
      if (container.step()) this.mark(container, 'oom', 'out of memory: a process was ended');
    this.#passLoad();
    return this.frame();
  }

  /** As the kernel averages it, over 1, 5 and 15 minutes. */
  #passLoad(): void {
    const busy = this.#busy();
    const [one, five, fifteen] = this.#load;
    this.#load = [one + (busy - one) / 60, five + (busy - five) / 300, fifteen + (busy - fifteen) / 900];
  }

  /** Cores in use. */
  #busy(): number {
    return this.containers.reduce((sum, { state, life }) => sum + (state === 'running' ? life.cpu : 0), 0);
  }

  /** What is so now; the same as long as nothing changes. */
  frame(): Frame {
    const time = this.now;
    const up = this.containers.filter(({ isUp }) => isUp);
    return {
      time,
      monotonicMs: this.#seconds * 1000,
      intervalMs: 1000,
      host: this.#host(up),
      cgroups: up.map((container) => container.sample(time)),
    };
  }

  update(frame: Frame, past?: readonly Frame[]): Update {
    const marks = this.#marks;
    this.#marks = [];
    return {
      frame,
      containers: this.containers.map((each) => each.facts()),
      marks,
      ...(past ? { past } : {}),
    };
  }

  #host(up: readonly DemoContainer[]): HostFigures {
    const busy = this.#busy();
    const cores = Math.max(cpus, Math.ceil(up.length / 24) * cpus);
    const cpuShare = Math.min(0.99, busy / cores + 0.02);
    const memory = up.reduce((sum, { life }) => sum + life.memoryBytes, 0) + 1.6 * gib;
    const total = Math.max(16, 2 ** Math.ceil(Math.log2(memory / gib + 1))) * gib;
    return {
      cpus: cores,
      cpuShare,
      cpuShares: Array.from({ length: cores }, (_, index) =>
        Math.min(1, Math.max(0, cpuShare * (0.6 + 0.8 * (((index * 37 + this.#seconds * 7) % 10) / 10)))),
      ),
      load: this.#load,
      memoryBytes: memory,
      memoryTotalBytes: total,
      swapBytes: 0.12 * gib,
      swapTotalBytes: 2 * gib,
      cpuPressureSome: Math.max(0, cpuShare - 0.7) * 1.5,
      memoryPressureSome: 0.004,
      memoryPressureFull: 0.001,
      ioPressureSome: 0.021 + 0.01 * Math.sin(this.#seconds / 11),
      ioPressureFull: 0.008,
      uptimeMs: 11 * 86_400_000 + this.#seconds * 1000,
    };
  }
}
