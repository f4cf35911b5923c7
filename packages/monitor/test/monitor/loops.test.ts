/** Loops over frames, on a directory that looks like a hierarchy. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cgroup, type Frame, type Monitor, monitor } from '../../src/index.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import type { MonitorOptions } from '../../src/monitor/options.ts';
import { FakeHierarchy } from '../support/fake-hierarchy.ts';
import { frameWhere, sampleIn } from '../support/frames.ts';

const paths = (frame: Frame | undefined) => frame?.cgroups.map(({ cgroup }) => cgroup.path);

describe('a loop over frames', { timeout: 60_000 }, () => {
  let fake: FakeHierarchy;
  const made: Monitor[] = [];
  const make = (options: MonitorOptions = {}, internal = {}): Monitor => {
    const one = createMonitor({ interval: 50, ...options }, { hierarchies: fake.hierarchies, ...internal });
    made.push(one);
    return one;
  };
  beforeEach(() => {
    fake = new FakeHierarchy();
    fake.add('/a');
    fake.add('/tctl-web');
  });
  afterEach(async () => {
    for (const each of made.splice(0)) await each.close();
    fake[Symbol.dispose]();
  });

  it('has all cgroups in its first frame, by path', async () => {
    for await (const frame of make()) {
      expect(paths(frame)).toEqual(['/a', '/tctl-web']);
      expect(frame.cgroups[0]).toMatchObject({ stale: false, cgroup: { kind: 'other', name: 'a' } });
      expect(frame.cgroups[1]?.figures).toMatchObject({
        memoryBytes: 4096,
        memoryLimitBytes: 'max',
        pids: 1,
      });
      break;
    }
  });

  it('sees cgroups that come and go, also in new directories', async () => {
    const one = make();
    await frameWhere(one, (frame) => frame.cgroups.length === 2, 'both');
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    fake.add('/jobs/low/tctl-job');
    await frameWhere(one, (frame) => sampleIn(frame, '/jobs/low/tctl-job') !== undefined, 'the job');
    fake.remove('/jobs');
    fake.remove('/a');
    const frame = await frameWhere(one, (each) => each.cgroups.length === 1, 'one left');
    expect(paths(frame)).toEqual(['/tctl-web']);
  });

  it('sees them also where nothing can be watched', async () => {
    const one = make({}, { maxWatches: 0 });
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    fake.add('/late');
    await frameWhere(one, (frame) => sampleIn(frame, '/late') !== undefined, 'the late one');
  });

  it('takes a cgroup that was made again for another one', async () => {
    fake.write('/a', 'cpu.stat', 'usage_usec 1000000\n');
    const one = make();
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    await frameWhere(one, (frame) => sampleIn(frame, '/a')?.rates.cpuUsageUsec === 0, 'a rate');
    fake.remove('/a');
    await frameWhere(one, (frame) => sampleIn(frame, '/a') === undefined, '/a gone');
    fake.add('/a', { 'cpu.stat': 'usage_usec 9000000\n' });
    const jumps: number[] = [];
    const frame = await frameWhere(
      one,
      (each) => {
        const rate = sampleIn(each, '/a')?.rates.cpuUsageUsec;
        if (rate !== undefined && rate > 0) jumps.push(rate);
        return rate !== undefined;
      },
      '/a again',
    );
    expect(sampleIn(frame, '/a')?.figures.cpuUsageUsec).toBe(9_000_000);
    expect(jumps).toEqual([]);
  });

  it('reads expensive files of what is looked at in every interval, and at once', async () => {
    const one = make({ slowEvery: 1_000_000, look: ['/a'] });
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    for (const path of ['/a', '/tctl-web']) fake.write(path, 'memory.stat', 'anon 777\ninactive_file 0\n');
    const anon = (path: string, value: number) => (frame: Frame) =>
      sampleIn(frame, path)?.figures.memoryAnonBytes === value;
    const frame = await frameWhere(one, anon('/a', 777), 'the new figure of /a');
    expect(sampleIn(frame, '/tctl-web')?.figures.memoryAnonBytes).toBe(1024);
    one.watch(['/tctl-web']);
    await frameWhere(one, anon('/tctl-web', 777), 'the new figure of /tctl-web');
  });

  it('reads expensive files of the others at a slower pace', async () => {
    const one = make({ slowEvery: 3 });
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    fake.write('/a', 'memory.stat', 'anon 777\n');
    await frameWhere(
      one,
      (frame) => sampleIn(frame, '/a')?.figures.memoryAnonBytes === 777,
      'the new figure',
    );
  });

  it('that is slow gets the newest frame, and none twice', async () => {
    const loop = make()[Symbol.asyncIterator]();
    const first = await loop.next();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const second = await loop.next();
    const third = await loop.next();
    const [a, b, c] = [first, second, third].map(({ value }) => value?.monotonicMs ?? Number.NaN) as [
      number,
      number,
      number,
    ];
    expect(b - a).toBeGreaterThan(300); // no queue of old ones
    expect(c).toBeGreaterThan(b);
    await loop.return?.();
  });

  it('may be one of several', async () => {
    const one = make();
    const [left, right] = [one[Symbol.asyncIterator](), one[Symbol.asyncIterator]()];
    expect(paths((await left.next()).value)).toEqual(paths((await right.next()).value));
    await left.return?.();
    expect((await right.next()).done).toBe(false);
    await right.return?.();
    expect((await right.next()).done).toBe(true);
    for await (const frame of one) {
      expect(frame.cgroups).toHaveLength(2); // it begins anew
      break;
    }
  });

  it('samples only what is included, under the names that it is given', async () => {
    const asked: Cgroup[] = [];
    const names = (cgroup: Cgroup) => {
      asked.push(cgroup);
      return 'my web';
    };
    for await (const frame of make({ include: ['tctl'], names })) {
      expect(frame.cgroups.map(({ cgroup }) => cgroup.name)).toEqual(['my web']);
      break;
    }
    for await (const frame of make({ include: ({ path }) => path === '/a' })) {
      expect(paths(frame)).toEqual(['/a']);
      break;
    }
    expect(asked.map(({ path }) => path)).toEqual(['/a', '/tctl-web']);
  });

  it('ends with its signal', async () => {
    const aborter = new AbortController();
    let frames = 0;
    for await (const frame of make({ signal: aborter.signal })) {
      expect(frame.cgroups).toHaveLength(2);
      frames += 1;
      aborter.abort();
    }
    expect(frames).toBe(1);
    expect(await make({ signal: aborter.signal })[Symbol.asyncIterator]().next()).toEqual({
      done: true,
      value: undefined,
    });
  });

  it('gives one sample on demand', async () => {
    const one = make();
    const loop = one[Symbol.asyncIterator]();
    await loop.next();
    expect((await one.sample('/a'))?.figures.memoryBytes).toBe(4096);
    expect(await one.sample('/nonexistent')).toBeUndefined();
    await loop.return?.();
  });

  it('has a host, and goes on where there is no cgroup at all', async () => {
    fake.remove('/a');
    fake.remove('/tctl-web');
    let frames = 0;
    for await (const frame of make()) {
      expect(frame.cgroups).toEqual([]);
      expect(frame.host.memoryTotalBytes).toBeGreaterThan(0);
      frames += 1;
      if (frames === 3) break;
    }
  });

  it('leaves no thread behind, also where it ends before it has begun', async () => {
    const threads = () => readdirSync('/proc/self/task').length;
    await make()[Symbol.asyncIterator]().next();
    await made.at(-1)?.close();
    const before = threads();
    for (let turn = 0; turn < 20; turn += 1) {
      const one = make();
      const next = one[Symbol.asyncIterator]().next();
      if (turn % 2 === 0) await new Promise((resolve) => setTimeout(resolve, turn * 4));
      await one.close();
      await next;
    }
    await expect.poll(threads, { timeout: 20_000 }).toBeLessThanOrEqual(before);
  });

  it('says so where no thread can be started, and leaves none behind', async () => {
    const one = make({ workerFile: '/nowhere/worker.js' });
    const frames = one[Symbol.asyncIterator]();
    const all = async () => {
      while (!(await frames.next()).done);
    };
    await expect(all()).rejects.toMatchObject({ code: 'MONITOR_THREADS', cause: expect.any(Error) });
    expect(await frames.next()).toEqual({ done: true, value: undefined });
    await one.close();
  });

  it('survives a thread that dies', async () => {
    const workerFile = fileURLToPath(new URL('../support/dying-worker.ts', import.meta.url));
    const one = make({ workerFile });
    await frameWhere(one, (frame) => sampleIn(frame, '/tctl-web')?.stale === false, '/tctl-web');
    expect(existsSync(join(fake.directory, 'a/died'))).toBe(true);
  });
});

describe('monitor()', () => {
  it.each([0, 49, -1, Number.NaN, 1e12, 'soon', '1', '10ms', ''])('refuses the interval %j', (interval) => {
    expect(() => monitor({ interval })).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
  });
  it.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['1m', 60_000],
    [50, 50],
    [undefined, 1000],
  ])('takes the interval %j', (interval, ms) => expect(monitor({ interval }).intervalMs).toBe(ms));
  it.each([0, 1.5, -1, Number.NaN])('refuses slowEvery %j', (slowEvery) => {
    expect(() => monitor({ slowEvery })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
