/** Figures of cgroups whose files were captured on real kernels: test/fixtures/README.md. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { counterNames, figureNames } from '../../src/figures/slots.ts';
import type { Figures } from '../../src/index.ts';
import { CgroupReader } from '../../src/sampling/cgroup-reader.ts';
import { DescriptorBudget, ReadBuffer } from '../../src/sampling/descriptors.ts';
import { toFigures, toRates } from '../../src/sampling/to-sample.ts';

const fixtures = fileURLToPath(new URL('../../../../test/fixtures/', import.meta.url));

/** As `Cgroup.directories`: a folder is named after its controllers. */
function directoriesOf(machine: string): Record<string, string> {
  const directory = `${fixtures}${machine}/cgroup`;
  return Object.fromEntries(
    readdirSync(directory).flatMap((folder) =>
      folder.split(',').map((name) => [name === 'unified' ? 'v2' : name, `${directory}/${folder}`]),
    ),
  );
}

function read(machine: string, budget = 100): Figures {
  const shared = new DescriptorBudget(budget);
  const reader = new CgroupReader(directoriesOf(machine), {
    buffer: new ReadBuffer(),
    budget: shared,
    isContainer: false,
  });
  expect(reader.read('rare')).toBe('new');
  const figures = toFigures(reader.figures, 0);
  reader.close();
  // This machine may have a process of that number, in a network of its own.
  return { ...figures, ...Object.fromEntries(noNetwork.map((name) => [name, undefined])) };
}

/** What tools/capture-fixtures.ts had set, and what everybody has. */
const everywhere = {
  memoryLimitBytes: 67_108_864,
  pids: 1,
  pidsLimit: 20,
  pidsPeak: 2,
  pidsLimitHits: 0,
  cpuLimitCores: 0.5,
  oomKills: 0,
  memoryLimitHits: 0,
  swapBytes: 0,
  ioReadBytes: 2_097_152,
  ioWriteBytes: 2_097_152,
  ioReadOperations: 32,
  ioWriteOperations: 32,
};
const noNetwork = [
  'networkReceiveBytes',
  'networkTransmitBytes',
  'networkReceivePackets',
  'networkTransmitPackets',
];
const pressure = figureNames.filter((name) => name.includes('Pressure'));
const undefinedIn = (figures: Figures) => figureNames.filter((name) => figures[name] === undefined);

describe('the figures of a captured cgroup', () => {
  it('are those of its files on v2', () => {
    const figures = read('v2-6.1');
    expect(figures).toMatchObject({
      ...everywhere,
      memoryPeakBytes: 782_336,
      memoryAnonBytes: 12_288,
      memoryFileBytes: 122_880,
      memoryKernelBytes: 8192,
      swapLimitBytes: 'max',
      cpuUsageUsec: 1_352_735,
      cpuUserUsec: 1_208_657,
      cpuSystemUsec: 144_078,
      cpuPeriods: 28,
      cpuThrottledPeriods: 26,
      cpuThrottledUsec: 1_197_165,
      cpuPressureSome: expect.closeTo(0.0778, 6),
      cpuPressureSomeUsec: 1_225_234,
      cpuPressureFullUsec: 1_224_867,
    });
    expect(figures.memoryWorkingSetBytes).toBe((figures.memoryBytes ?? 0) - 16_384);
    expect(undefinedIn(figures)).toEqual(noNetwork);
  });

  it('are those of its files on v1, in the same units', () => {
    const figures = read('v1-6.1');
    expect(figures).toMatchObject({
      ...everywhere,
      memoryBytes: 286_720,
      memoryWorkingSetBytes: 286_720 - 20_480,
      memoryPeakBytes: 778_240,
      memoryAnonBytes: 12_288,
      memoryFileBytes: 122_880,
      swapLimitBytes: 'max',
      cpuUsageUsec: expect.closeTo(1_654_752.073, 3),
      cpuUserUsec: 1_360_000,
      cpuSystemUsec: 280_000,
      cpuPeriods: 34,
      cpuThrottledPeriods: 32,
      cpuThrottledUsec: expect.closeTo(1_452_028.242, 3),
    });
    // The file of kernel memory was not captured; v1 does not count how often memory.high was met, nor PSI.
    expect(undefinedIn(figures)).toEqual(['memoryKernelBytes', 'memoryHighHits', ...noNetwork, ...pressure]);
  });

  it('are of both on a hybrid host: v1 for its controllers, cgroup2 for PSI', () => {
    const figures = read('hybrid-6.18');
    expect(figures).toMatchObject({
      ...everywhere,
      cpuUsageUsec: expect.closeTo(33_052.244, 3),
      cpuPressureSome: 0,
      cpuPressureSomeUsec: 42_537,
      ioPressureFullUsec: 4083,
    });
    expect(undefinedIn(figures)).toEqual(['memoryKernelBytes', 'memoryHighHits', ...noNetwork]);
    expect(undefinedIn(read('hybrid-6.1')).filter((name) => !pressure.includes(name))).toEqual(
      undefinedIn(figures),
    );
  });

  it('take CPU usage from cgroup2 where there is no cpuacct', () => {
    const { v2 } = directoriesOf('hybrid-6.18');
    const reader = new CgroupReader(
      { v2: v2 ?? '' },
      { buffer: new ReadBuffer(), budget: new DescriptorBudget(0), isContainer: false },
    );
    reader.read('rare');
    expect(toFigures(reader.figures, 0)).toMatchObject({ cpuUsageUsec: 33_066, memoryBytes: undefined });
  });

  it.each(['v2-6.1', 'v1-6.1', 'hybrid-6.1', 'hybrid-6.18'])(
    'are the same on %s where no file may stay open',
    (machine) => expect(read(machine, 0)).toEqual(read(machine)),
  );

  it('give all descriptors back', () => {
    const budget = new DescriptorBudget(3);
    const reader = new CgroupReader(directoriesOf('v2-6.1'), {
      buffer: new ReadBuffer(),
      budget,
      isContainer: false,
    });
    reader.read('rare');
    expect(budget.take()).toBe(false);
    reader.close();
    expect([1, 2, 3, 4].map(() => budget.take())).toEqual([true, true, true, false]);
  });

  it('have no rates in the first reading, and some in the second', () => {
    const reader = new CgroupReader(directoriesOf('v2-6.1'), {
      buffer: new ReadBuffer(),
      budget: new DescriptorBudget(100),
      isContainer: false,
    });
    reader.read('rare');
    const first = toRates(reader.rates, 0);
    expect(counterNames.filter((name) => first[name] !== undefined)).toEqual([]);
    const until = performance.now() + 5;
    while (performance.now() < until);
    reader.read('rare');
    expect(toRates(reader.rates, 0)).toMatchObject({ cpuUsageUsec: 0, ioReadBytes: 0, oomKills: 0 });
    reader.close();
  });
});
