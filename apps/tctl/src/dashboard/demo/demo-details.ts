import { setTimeout as sleep } from 'node:timers/promises';
import type { Details, LogLine, ProcessFacts, Section } from '../source/source.ts';
import { bytes } from '../text/sizes.ts';
import type { DemoContainer } from './demo-container.ts';
import { randomFrom } from './random.ts';
import type { World } from './world.ts';

export class DemoDetails implements Details {
  readonly #world: World;
  readonly #isStill: boolean;

  constructor(world: World, isStill: boolean) {
    this.#world = world;
    this.#isStill = isStill;
  }

  #find(key: string): DemoContainer | undefined {
    return this.#world.containers.find(({ id }) => id === key);
  }

  async processes(key: string): Promise<readonly ProcessFacts[]> {
    const container = this.#find(key);
    if (container === undefined || !container.isUp) return [];
    const random = randomFrom(Number.parseInt(container.id.slice(0, 6), 16));
    const { life, role } = container;
    const first = 2000 + Math.floor(random() * 40_000);
    return Array.from({ length: Math.min(life.pids, 60) }, (_, index) => {
      const share = index === 0 ? 0.4 : 0.6 / Math.max(1, life.pids - 1);
      return {
        pid: first + index * 3,
        parentPid:
          index === 0 ? 1 : first + (index > 4 && index % 4 !== 0 ? Math.floor(index / 4) * 4 * 3 : 0),
        name: role.command[0] ?? '',
        command: index === 0 ? role.command.join(' ') : `${role.command[0]}: worker ${index}`,
        user: index === 0 ? 'root' : 'app',
        state: container.state === 'paused' ? 'D' : random() < life.cpu / 4 ? 'R' : 'S',
        threads: 1 + Math.floor(random() * 4),
        memoryBytes: life.memoryBytes * share,
        cpu: container.state === 'paused' ? 0 : life.cpu * share * (0.6 + 0.8 * random()),
      };
    });
  }

  async configuration(key: string): Promise<readonly Section[]> {
    const container = this.#find(key);
    if (container === undefined) return [];
    const limit = (value: string | number | undefined) => (value === undefined ? 'no limit' : String(value));
    const { memoryLimitBytes, pidsLimit, cpuLimitCores, role, id } = container;
    return [
      {
        title: 'Limits',
        entries: [
          ['memory', memoryLimitBytes === undefined ? 'no limit' : bytes(memoryLimitBytes)],
          ['swap', memoryLimitBytes === undefined ? 'no limit' : '0B'],
          ['pids', limit(pidsLimit)],
          ['cpus', limit(cpuLimitCores)],
        ],
      },
      {
        title: 'Container',
        entries: [
          ['id', id],
          ['image', role.image],
          ['command', role.command.join(' ')],
          ['hostname', container.name],
          ['network', role.network > 0 ? 'own' : 'none'],
          ['cgroup', container.path],
        ],
      },
    ];
  }

  async mounts(key: string): Promise<readonly Section[]> {
    const container = this.#find(key);
    if (container === undefined) return [];
    return [
      {
        title: 'Mounts',
        entries: [
          ['/', `overlay of ${container.role.image}`],
          ['/proc', 'proc: read-only where it shows the host'],
          ['/sys', 'sysfs: read-only'],
          ['/dev', 'tmpfs: 64K'],
          ['/tmp', 'tmpfs: 64M, charged to the memory limit'],
          ['/data', `volume ${container.name}-data`],
        ],
      },
    ];
  }

  async logs(key: string, onLines: (lines: readonly LogLine[]) => void, signal: AbortSignal): Promise<void> {
    const container = this.#find(key);
    if (container === undefined) return;
    const random = randomFrom(Number.parseInt(container.id.slice(-6), 16));
    const end = this.#world.now.getTime();
    onLines(
      Array.from({ length: 200 }, (_, index) => madeUpLine(random, new Date(end - (200 - index) * 1300))),
    );
    while (!signal.aborted && !this.#isStill) {
      await sleep(400 + random() * 1800, undefined, { signal }).catch(() => {});
      if (!signal.aborted && container.state === 'running') onLines([madeUpLine(random, this.#world.now)]);
    }
  }
}

const paths = ['/', '/cart', '/items/4711', '/login', '/health', '/search?q=lamp', '/api/v1/orders'];

function madeUpLine(random: () => number, time: Date): LogLine {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const chance = random();
  if (chance < 0.04)
    return {
      time,
      stream: 'stderr',
      text: `error: upstream timed out after ${200 + Math.floor(random() * 3000)} ms, path=${pick(paths)}`,
    };
  if (chance < 0.1)
    return {
      time,
      stream: 'stderr',
      text: `warning: slow query, ${(random() * 2).toFixed(2)} s: select * from orders where state = 'open' order by created_at`,
    };
  const method = pick(['GET', 'GET', 'GET', 'POST']);
  return { time, stream: 'stdout', text: `${method} ${pick(paths)} 200 ${Math.floor(random() * 90)}ms` };
}
