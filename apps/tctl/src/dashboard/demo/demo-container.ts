import type { CgroupSample, Figures, Rates } from '@tc/monitor';
import type { ContainerFacts } from '../source/source.ts';
import { Life } from './life.ts';
import type { Role } from './role.ts';

/** A made-up container: what is changed by the dashboard's actions, and the life that it leads. */
export class DemoContainer {
  readonly id: string;
  readonly role: Role;
  readonly createdAt: Date;
  name: string;
  state: ContainerFacts['state'];
  startedAt: Date | undefined;
  ending: string | undefined;
  memoryLimitBytes: number | undefined;
  pidsLimit: number | undefined;
  cpuLimitCores: number | undefined;
  life: Life;
  #peakBytes = 0;

  constructor(role: Role, random: () => number, now: Date) {
    this.id = hexadecimal(random, 12);
    this.role = role;
    this.name = role.name;
    this.createdAt = new Date(now.getTime() - Math.floor(600 + 40_000 * random() ** 3) * 1000);
    this.state = role.state ?? 'running';
    this.startedAt = this.state === 'created' ? undefined : this.createdAt;
    this.ending = this.state === 'exited' ? 'exit 0' : undefined;
    this.memoryLimitBytes = role.memoryLimitBytes;
    this.pidsLimit = role.pidsLimit;
    this.cpuLimitCores = role.cpuLimitCores;
    this.life = new Life(role, random);
  }

  get path(): string {
    return `/tctl-${this.id}`;
  }

  get isUp(): boolean {
    return this.state === 'running' || this.state === 'paused';
  }

  /** @returns whether the OOM killer came */
  step(): boolean {
    if (this.state !== 'running') return false;
    const isOom = this.life.step(this.memoryLimitBytes, this.pidsLimit, this.cpuLimitCores);
    this.#peakBytes = Math.max(this.#peakBytes, this.life.memoryBytes);
    return isOom;
  }

  facts(): ContainerFacts {
    const { id, name, state, createdAt, startedAt, ending, role } = this;
    const cgroupPath = this.isUp ? this.path : undefined;
    return {
      id,
      name,
      state,
      image: role.image,
      command: role.command,
      group: role.group,
      createdAt,
      startedAt,
      ending,
      limits: { memory: this.memoryLimitBytes, pids: this.pidsLimit, cpus: this.cpuLimitCores },
      cgroupPath,
    };
  }

  sample(now: Date): CgroupSample {
    return {
      cgroup: { path: this.path, kind: 'tctl', id: this.id, name: this.name, directories: {} },
      figures: this.#figures(),
      rates: this.#rates(),
      ageMs: 0,
      stale: false,
      uptimeMs: this.startedAt === undefined ? undefined : now.getTime() - this.startedAt.getTime(),
    };
  }

  /** What is not made up is as undefined as it is on a kernel without it. */
  #figures(): Figures {
    const { life } = this;
    const share = this.memoryLimitBytes === undefined ? 0 : life.memoryBytes / this.memoryLimitBytes;
    return {
      memoryBytes: Math.round(life.memoryBytes),
      memoryWorkingSetBytes: Math.round(life.memoryBytes * 0.8),
      memoryLimitBytes: this.memoryLimitBytes ?? 'max',
      memoryPeakBytes: Math.round(this.#peakBytes),
      swapBytes: 0,
      oomKills: life.oomKills,
      pids: life.pids,
      pidsLimit: this.pidsLimit ?? 'max',
      cpuLimitCores: this.cpuLimitCores ?? 'max',
      cpuPressureSome: Math.min(0.9, life.throttled * 0.6),
      memoryPressureSome: share > 0.9 ? (share - 0.9) * 4 : 0,
      ioPressureSome: Math.min(0.6, life.writeRate / 6e6),
    } as Figures;
  }

  #rates(): Rates {
    const { life } = this;
    const isRunning = this.state === 'running';
    const only = (value: number) => (isRunning ? value : 0);
    return {
      cpuUsageUsec: only(life.cpu * 1e6),
      cpuUserUsec: only(life.cpu * 0.8e6),
      cpuSystemUsec: only(life.cpu * 0.2e6),
      cpuPeriods: only(10),
      cpuThrottledPeriods: only(life.throttled * 10),
      oomKills: 0,
      ioReadBytes: only(life.readRate),
      ioWriteBytes: only(life.writeRate),
      networkReceiveBytes: only(life.receiveRate),
      networkTransmitBytes: only(life.transmitRate),
    } as Rates;
  }
}

export function hexadecimal(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}
