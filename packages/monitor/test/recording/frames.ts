/** Frames of cgroups that live, as the engine would give them. */
import type { CgroupSample, Frame, Rates } from '../../src/index.ts';
import { cgroupOf, frameAt, sampleOf } from '../support/made-frames.ts';

/** Numbers that are the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Living {
  readonly sample: CgroupSample;
  readonly bornMs: number;
  readonly counters: {
    cpuUsageUsec: number;
    ioReadBytes: number;
    networkReceiveBytes: number;
    oomKills: number;
  };
  readonly ageMs: number;
}

/**
 * Cgroups that come and go, counters that begin anew, figures that are not known for a while, rates of slow files,
 * stale samples and names that change.
 * @param fine parts of a microsecond in which CPU time is counted
 */
export function* livingFrames(
  count: number,
  { cgroups = 5, seed = 1, churn = true, fine = 1000 } = {},
): Generator<Frame> {
  const random = seeded(seed);
  const living = new Map<string, Living>();
  for (let tick = 0; tick < count; tick++) {
    const atMs = tick * 1000 + Math.floor(random() * 20);
    for (let number = 0; number < cgroups; number++) {
      const path = `/tctl-${number}`;
      if (churn && random() < 0.05) living.delete(path);
      else living.set(path, next(path, living.get(path), atMs, { tick, random, number, churn, fine }));
    }
    const samples = [...living.values()].map(({ sample }) => sample);
    yield frameAt(
      atMs,
      samples.sort((a, b) => (a.cgroup.path < b.cgroup.path ? -1 : 1)),
      { monotonicMs: 5000 + atMs + 0.125 },
    );
  }
}

function next(
  path: string,
  before: Living | undefined,
  atMs: number,
  plan: { tick: number; random: () => number; number: number; churn: boolean; fine: number },
): Living {
  const { random, tick, number, churn, fine } = plan;
  const isNew = before === undefined || (churn && random() < 0.03);
  const old = isNew
    ? { cpuUsageUsec: 0, ioReadBytes: 0, networkReceiveBytes: 0, oomKills: 0 }
    : before.counters;
  const ageMs = Math.floor(random() * 100) / 10;
  const seconds = 1 + ((before?.ageMs ?? 0) - ageMs) / 1000;
  const isIdle = number % 2 === 1;
  const grow = (most: number) => (isIdle ? 0 : Math.floor(random() * most));
  const slow = tick % 5 === 0;
  const counters = {
    cpuUsageUsec: (Math.round(old.cpuUsageUsec * fine) + grow(300_000 * fine)) / fine,
    ioReadBytes: old.ioReadBytes + (slow ? grow(1 << 24) : 0),
    networkReceiveBytes: old.networkReceiveBytes + grow(1 << 16),
    oomKills: old.oomKills + (random() < 0.01 ? 1 : 0),
  };
  const rates: Partial<Rates> = isNew
    ? {}
    : {
        cpuUsageUsec: (counters.cpuUsageUsec - old.cpuUsageUsec) / seconds,
        networkReceiveBytes: (counters.networkReceiveBytes - old.networkReceiveBytes) / seconds,
        oomKills: (counters.oomKills - old.oomKills) / seconds,
        ioReadBytes: slow ? (counters.ioReadBytes - old.ioReadBytes) / 5 : before.sample.rates.ioReadBytes,
      };
  const bornMs = isNew ? atMs : before.bornMs;
  const name = churn && random() < 0.02 ? `renamed-${tick}` : (before?.sample.cgroup.name ?? path.slice(1));
  const cgroup = cgroupOf(path, { kind: 'tctl', id: path.slice(6), name });
  const sample = sampleOf(
    cgroup,
    {
      ...counters,
      memoryBytes: 50e6 + (isIdle ? 0 : Math.floor(random() * 5000) * 4096),
      memoryLimitBytes: number === 0 ? 'max' : 64 << 20,
      memoryWorkingSetBytes: churn && random() < 0.1 ? undefined : 40e6,
      cpuLimitCores: 1 / 3,
      cpuPressureSome: isIdle ? 0 : Math.floor(random() * 10_000) / 10_000,
      pids: 3,
    },
    { rates, ageMs, stale: churn && random() < 0.05, uptimeMs: number === 4 ? undefined : atMs - bornMs },
  );
  return { sample, bornMs, counters, ageMs };
}
