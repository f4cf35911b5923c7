/** Threads that block for real: in the open(2) of a FIFO that nobody writes to. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame, Monitor } from '../../src/index.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { FakeHierarchy } from '../support/fake-hierarchy.ts';
import { frameWhere, sampleIn } from '../support/frames.ts';

const O_NONBLOCK = 0o4000;

/** Lets those go who wait to read from it. */
function release(fifo: string): void {
  try {
    closeSync(openSync(fifo, O_NONBLOCK | 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno !== -constants.errno.ENXIO) throw error; // nobody waits
  }
}

describe('a cgroup whose file blocks', { timeout: 60_000 }, () => {
  let fake: FakeHierarchy;
  let monitor: Monitor;
  /** Keeps the threads between two other loops. */
  let loop: AsyncIterator<Frame>;
  const fifos: string[] = [];
  beforeEach(async () => {
    fake = new FakeHierarchy();
    for (const name of ['/a', '/b', '/c']) fake.add(name);
    monitor = createMonitor(
      { interval: 50, slowEvery: 1 },
      { hierarchies: fake.hierarchies, blockedAfterMs: 300, trustAfterMs: 200 },
    );
    loop = monitor[Symbol.asyncIterator]();
    await loop.next();
    await frameWhere(monitor, (frame) => frame.cgroups.length === 3, 'all three');
  });
  afterEach(async () => {
    await monitor.close();
    for (const fifo of fifos.splice(0)) if (existsSync(fifo)) release(fifo);
    fake[Symbol.dispose]();
  });

  const goesOn = (path: string, value: number) => (frame: Frame) =>
    sampleIn(frame, path)?.figures.memoryBytes === value && sampleIn(frame, path)?.stale === false;

  it('does not hold up the others, and says that its own sample is stale', async () => {
    fifos.push(fake.block('/b', 'memory.max'));
    fake.write('/a', 'memory.current', '8192\n');
    fake.write('/c', 'memory.current', '12288\n');
    const frame = await frameWhere(
      monitor,
      (each) => goesOn('/a', 8192)(each) && goesOn('/c', 12288)(each) && sampleIn(each, '/b')?.stale === true,
      '/a and /c going on, and /b stale',
    );
    expect(sampleIn(frame, '/b')?.figures.memoryBytes).toBe(4096);
    expect(sampleIn(frame, '/b')?.ageMs).toBeGreaterThan(100);
  });

  it('is read again when its thread has come back', async () => {
    const fifo = fake.block('/b', 'memory.max');
    fifos.push(fifo);
    await frameWhere(monitor, (frame) => sampleIn(frame, '/b')?.stale === true, '/b stale');
    fake.write('/b', 'memory.current', '20480\n');
    const waiting = setInterval(() => release(fifo), 20);
    try {
      await frameWhere(monitor, goesOn('/b', 20_480), '/b going on');
      rmSync(fifo); // it can't block any more
      fake.write('/b', 'memory.max', '1\n');
      fake.write('/b', 'memory.current', '40960\n');
      await frameWhere(monitor, goesOn('/b', 40_960), '/b going on among the others');
    } finally {
      clearInterval(waiting);
    }
  });

  it('is in the frames also where nothing of it could ever be read', async () => {
    fake.add('/d');
    fifos.push(fake.block('/d', 'memory.current'));
    const frame = await frameWhere(monitor, (each) => sampleIn(each, '/d')?.stale === true, '/d stale');
    expect(sampleIn(frame, '/d')?.figures.memoryBytes).toBeUndefined();
  });

  it('is not waited for at the end', async () => {
    fifos.push(fake.block('/b', 'memory.max'));
    await frameWhere(monitor, (frame) => sampleIn(frame, '/b')?.stale === true, '/b stale');
    await monitor.close();
    expect(await loop.next()).toEqual({ done: true, value: undefined });
    expect(await monitor[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });
});
