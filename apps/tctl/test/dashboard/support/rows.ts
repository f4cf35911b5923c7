import type { CgroupSample, Figures, Frame, HostFigures, Rates } from '@tc/monitor';
import type { ContainerFacts, Update } from '../../../src/dashboard/source/source.ts';

export const host: HostFigures = {
  cpus: 2,
  cpuShare: 0.5,
  cpuShares: [0.4, 0.6],
  load: [1, 2, 3],
  memoryBytes: 2 ** 30,
  memoryTotalBytes: 2 ** 32,
  swapBytes: 0,
  swapTotalBytes: 0,
  cpuPressureSome: undefined,
  memoryPressureSome: undefined,
  memoryPressureFull: undefined,
  ioPressureSome: undefined,
  ioPressureFull: undefined,
  uptimeMs: 1000,
};

export interface MadeUp {
  readonly id: string;
  readonly name?: string;
  readonly state?: ContainerFacts['state'];
  readonly group?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  /** Cores. */
  readonly cpu?: number;
  readonly figures?: Partial<Figures>;
}

export const time = new Date('2026-01-15T14:22:07');

export function sampleOf(path: string, figures: Partial<Figures>, cpu?: number, kind = 'tctl'): CgroupSample {
  const rates = (cpu === undefined ? {} : { cpuUsageUsec: cpu * 1e6 }) as Rates;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    cgroup: { path, kind: kind as 'tctl', id: name, name, directories: {} },
    figures: figures as Figures,
    rates,
    ageMs: 0,
    stale: false,
    uptimeMs: 5000,
  };
}

export function updateOf(containers: readonly MadeUp[], others: readonly CgroupSample[] = []): Update {
  const frame: Frame = {
    time,
    monotonicMs: 1000,
    intervalMs: 1000,
    host,
    cgroups: [
      ...containers.filter(isUp).map(({ id, cpu, figures }) => sampleOf(`/tctl-${id}`, figures ?? {}, cpu)),
      ...others,
    ],
  };
  return { frame, containers: containers.map(factsOf), marks: [] };
}

function isUp({ state = 'running' }: MadeUp): boolean {
  return state === 'running' || state === 'paused';
}

function factsOf(made: MadeUp): ContainerFacts {
  const { id, name, state = 'running', group, image, command } = made;
  return {
    id,
    name: name ?? id,
    state,
    image,
    command: command ?? [],
    group,
    createdAt: time,
    startedAt: state === 'created' ? undefined : new Date(time.getTime() - 60_000),
    ending: state === 'exited' ? 'exit 0' : undefined,
    limits: undefined,
    cgroupPath: isUp(made) ? `/tctl-${id}` : undefined,
  };
}
