import { availableParallelism, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseCpuTimes, parseMeminfo, parsePressure, shareSince } from '../../src/host/host-figures.ts';
import { hostFacts, hostFigures } from '../../src/index.ts';

describe('hostFigures', () => {
  it('are those of this host', () => {
    hostFigures();
    const until = performance.now() + 50;
    while (performance.now() < until);
    const host = hostFigures();
    expect(host.cpus).toBeGreaterThanOrEqual(availableParallelism());
    expect(host.memoryTotalBytes).toBe(totalmem());
    expect(host.memoryBytes).toBeGreaterThan(0);
    expect(host.memoryBytes).toBeLessThan(host.memoryTotalBytes);
    expect(host.cpuShares).toHaveLength(host.cpus);
    for (const share of host.cpuShares) expect(share >= 0 && share <= 1).toBe(true);
    expect(host.uptimeMs).toBeGreaterThan(1000);
    expect(host.load).toHaveLength(3);
  });
});

describe('hostFacts', () => {
  it('say what this host is', { timeout: 60_000 }, async () => {
    const facts = await hostFacts();
    expect(facts.memoryTotalBytes).toBe(totalmem());
    expect(facts.cpuThreads).toBeGreaterThan(0);
    expect(facts.networkInterfaces.map(({ name }) => name)).toContain('lo');
  });
});

describe('/proc/stat', () => {
  it('gives the share of time without idling and waiting', () => {
    const [all] = parseCpuTimes('cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n');
    expect(all).toEqual({ total: 1000, busy: 200 });
    expect(shareSince(all, { total: 1100, busy: 250 })).toBe(0.5);
    expect(shareSince(all, { total: 1100, busy: 100 })).toBe(0); // iowait can fall
    expect(shareSince(all, { total: 1000, busy: 200 })).toBeUndefined();
    expect(shareSince(undefined, { total: 1, busy: 1 })).toBeUndefined();
  });
});

it('/proc/meminfo is understood, and its absence', () => {
  const text = 'MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\nSwapTotal: 10 kB\nSwapFree: 4 kB\n';
  expect(parseMeminfo(text)).toEqual({
    memoryBytes: 614_400,
    memoryTotalBytes: 1_024_000,
    swapBytes: 6144,
    swapTotalBytes: 10_240,
  });
  expect(parseMeminfo('').memoryTotalBytes).toBe(0);
});

it('/proc/pressure is understood, and its absence', () => {
  expect(parsePressure('some avg10=12.50 avg60=0 avg300=0 total=1\n')).toEqual({
    some: 0.125,
    full: undefined,
  });
  expect(parsePressure('')).toEqual({ some: undefined, full: undefined });
});
