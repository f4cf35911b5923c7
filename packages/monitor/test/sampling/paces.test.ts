/** Which files of a cgroup are read when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CgroupReader } from '../../src/sampling/cgroup-reader.ts';
import { DescriptorBudget, ReadBuffer } from '../../src/sampling/descriptors.ts';
import { toFigures, toRates } from '../../src/sampling/to-sample.ts';
import { FakeHierarchy } from '../support/fake-hierarchy.ts';

const used = (usec: number): string => `usage_usec ${usec}\nuser_usec ${usec}\nsystem_usec 0\n`;

describe('a cgroup that is read over and over', () => {
  let fake: FakeHierarchy;
  let reader: CgroupReader;

  beforeEach(() => {
    fake = new FakeHierarchy();
    fake.add('/a', {
      'cpu.stat': used(1000),
      'memory.events': 'max 0\noom_kill 0\n',
      'memory.peak': '4096\n',
    });
    const options = { buffer: new ReadBuffer(), budget: new DescriptorBudget(100), isContainer: false };
    reader = new CgroupReader({ v2: join(fake.directory, 'a') }, options);
    reader.read('rare');
  });
  afterEach(() => {
    reader.close();
    fake[Symbol.dispose]();
  });

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) fake.write('/a', file, text);
  };
  const figures = () => toFigures(reader.figures, 0);

  it('is not read further where nothing ran', () => {
    write({ 'memory.current': '8192\n' });
    expect(reader.read('running')).toBe('new'); // its rate is 0 from now on
    expect(reader.read('running')).toBe('same');
    expect(figures().memoryBytes).toBe(4096);
    expect(reader.read('slow')).toBe('same');
    expect(reader.read('rare')).toBe('new');
    expect(figures().memoryBytes).toBe(8192);
  });

  it('is read where something ran, also after a rest', () => {
    reader.read('running');
    reader.read('running');
    write({ 'memory.current': '8192\n', 'cpu.stat': used(1001), 'memory.max': '9000\n' });
    expect(reader.read('running')).toBe('new');
    expect(figures()).toMatchObject({ memoryBytes: 8192, cpuUsageUsec: 1001, memoryLimitBytes: 'max' });
    reader.read('slow');
    expect(figures().memoryLimitBytes).toBe('max');
    reader.read('rare');
    expect(figures().memoryLimitBytes).toBe(9000);
  });

  it('has its slow files read at their turn where something ran since they were', () => {
    write({ 'cpu.stat': used(1001), 'memory.stat': 'anon 9\n' });
    reader.read('running');
    reader.read('running');
    reader.read('running');
    expect(figures().memoryAnonBytes).toBe(1024);
    expect(reader.read('slow')).toBe('new');
    expect(figures().memoryAnonBytes).toBe(9);
  });

  it('is read as if something ran where nobody knows', () => {
    fake.add('/b', { 'cpu.stat': '' });
    const other = new CgroupReader(
      { v2: join(fake.directory, 'b') },
      { buffer: new ReadBuffer(), budget: new DescriptorBudget(100), isContainer: false },
    );
    for (const text of ['1', '2', '3']) {
      fake.write('/b', 'memory.current', `${text}\n`);
      expect(other.read('running')).toBe('new');
      expect(toFigures(other.figures, 0).memoryBytes).toBe(Number(text));
    }
    other.close();
  });

  it('has its network read where something ran, or rarely', async () => {
    const child = spawn('sleep', ['1000']);
    try {
      fake.add('/c', { 'cpu.stat': used(1), 'cgroup.procs': `${child.pid}\n` });
      const other = new CgroupReader(
        { v2: join(fake.directory, 'c') },
        {
          buffer: new ReadBuffer(),
          budget: new DescriptorBudget(100),
          isContainer: true,
          ownNetwork: 'net:[1]', // as if ours was another than that of the process
        },
      );
      const received = () => toFigures(other.figures, 0).networkReceiveBytes;
      other.read('rare');
      expect(received()).toBeGreaterThanOrEqual(0);
      child.kill('SIGKILL');
      await once(child, 'exit');
      fake.write('/c', 'cgroup.procs', '');
      other.read('running');
      other.read('slow');
      expect(received()).toBeGreaterThanOrEqual(0); // nobody has asked
      fake.write('/c', 'cpu.stat', used(2));
      other.read('running');
      expect(received()).toBeUndefined();
      other.close();
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('has rates of 0 while it rests, and then those since it was read', async () => {
    const later = () => new Promise((resolve) => setTimeout(resolve, 20));
    await later();
    write({ 'cpu.stat': used(2000) });
    reader.read('running');
    const began = performance.now();
    await later();
    reader.read('running');
    expect(toRates(reader.rates, 0)).toMatchObject({ cpuUsageUsec: 0, memoryLimitHits: 0 });
    await later();
    write({ 'cpu.stat': used(3000), 'memory.events': 'max 100\noom_kill 0\n' });
    reader.read('running');
    const seconds = (performance.now() - began) / 1000;
    const { memoryLimitHits = Number.NaN } = toRates(reader.rates, 0);
    expect(memoryLimitHits).toBeGreaterThan(100 / seconds / 1.2); // of all of that time
    expect(memoryLimitHits).toBeLessThan(100 / 0.035);
  });

  it('is known to need at least as much as it uses, before its peak is read again', () => {
    write({ 'memory.current': '8192\n', 'cpu.stat': used(2000) });
    reader.read('running');
    expect(figures().memoryPeakBytes).toBe(8192);
  });
});
