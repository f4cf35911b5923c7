/** Frames as the engine makes them, for what only needs their shape. */
import {
  type Cgroup,
  type CgroupSample,
  type CounterName,
  type FigureName,
  type Figures,
  type Frame,
  figureTable,
  type HostFigures,
  type Rates,
} from '../../src/index.ts';

const names = Object.keys(figureTable) as FigureName[];
const noFigures = Object.fromEntries(names.map((name) => [name, undefined])) as unknown as Figures;
const counters = names.filter((name) => figureTable[name].kind === 'counter') as CounterName[];
const noRates = Object.fromEntries(counters.map((name) => [name, undefined])) as unknown as Rates;

export function cgroupOf(path: string, more: Partial<Cgroup> = {}): Cgroup {
  return { path, kind: 'other', id: undefined, name: path.slice(1), directories: {}, ...more };
}

export function sampleOf(
  cgroup: string | Cgroup,
  figures: Partial<Figures> = {},
  more: Partial<Omit<CgroupSample, 'rates'>> & { readonly rates?: Partial<Rates> } = {},
): CgroupSample {
  return {
    cgroup: typeof cgroup === 'string' ? cgroupOf(cgroup) : cgroup,
    ageMs: 0,
    stale: false,
    uptimeMs: undefined,
    ...more,
    figures: { ...noFigures, ...figures },
    rates: { ...noRates, ...more.rates },
  };
}

export const idleHost: HostFigures = {
  cpus: 2,
  cpuShare: undefined,
  cpuShares: [],
  load: [0, 0, 0],
  memoryBytes: 1e9,
  memoryTotalBytes: 4e9,
  swapBytes: 0,
  swapTotalBytes: 0,
  cpuPressureSome: undefined,
  memoryPressureSome: undefined,
  memoryPressureFull: undefined,
  ioPressureSome: undefined,
  ioPressureFull: undefined,
  uptimeMs: 1e6,
};

/** A whole minute, so that a history's stretches begin with its frames'. */
export const beginMs = Date.UTC(2026, 0, 1);

/** @param atMs after the first frame of the test */
export function frameAt(atMs: number, cgroups: readonly CgroupSample[], more: Partial<Frame> = {}): Frame {
  return {
    time: new Date(beginMs + atMs),
    monotonicMs: 5000 + atMs,
    intervalMs: 1000,
    host: idleHost,
    cgroups,
    ...more,
  };
}

/** Array.fromAsync(), which the compiler does not know yet. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
