/** Hundreds of cgroups that come and go while they are sampled, made by hand in the kernel's own hierarchies. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCgroupHost } from '@tc/linux';
import { identify, type Monitor } from '@tc/monitor';
import { afterEach, describe, expect, it } from 'vitest';
import { until, watchLeftovers } from '../support/kernel.ts';
import { makeMonitor } from '../support/monitored.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const { v1, v2 } = readCgroupHost();
const mountPoints = [
  ...new Set([v2, v1.get('memory'), v1.get('pids')].flatMap((mount) => mount?.mountPoint ?? [])),
];
const prefix = `tctl-churn-${process.pid}-`;

const made = new Set<string>();
function make(name: string): void {
  made.add(name);
  for (const mountPoint of mountPoints) mkdirSync(join(mountPoint, name));
}
/** A cgroup that somebody has just read may be busy for a moment: rmdir(2) of cgroups says EBUSY only with processes. */
function remove(name: string): void {
  for (const mountPoint of mountPoints) rmdirSync(join(mountPoint, name));
  made.delete(name);
}
afterEach(() => {
  for (const name of [...made]) remove(name);
});

const descriptors = () => readdirSync('/proc/self/fd').length;
const threads = () => readdirSync('/proc/self/task').length;
/** Watches of inotify(7), which are in fdinfo. */
const watches = () =>
  readdirSync('/proc/self/fdinfo')
    .map((fd) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('inotify wd:').length - 1;
      } catch {
        return 0;
      }
    })
    .reduce((sum, count) => sum + count, 0);

const namesIn = async (monitor: Monitor): Promise<string[]> => {
  for await (const { cgroups } of monitor)
    return cgroups.map(({ cgroup }) => cgroup.path.slice(1)).filter((name) => name.startsWith(prefix));
  return [];
};

describe('hundreds of cgroups that come and go', () => {
  it('are all seen, and all forgotten, and nothing of them stays open', async () => {
    {
      await using warm = makeMonitor();
      await namesIn(warm);
    }
    await until(() => watches() === 0, 'the warm-up has ended');
    const before = { descriptors: descriptors(), threads: threads() };
    {
      // Only these: what others make on this machine opens files, too.
      await using monitor = makeMonitor({ include: ({ path }) => path.startsWith(`/${prefix}`) });
      const loop = monitor[Symbol.asyncIterator]();
      await loop.next();
      const all = Array.from({ length: 300 }, (_, index) => `${prefix}${index}`);
      for (const name of all) {
        make(name);
        if (identify(`/${name}`).kind !== 'tctl') expect.unreachable();
      }
      await expect.poll(() => namesIn(monitor), { timeout: scaled(20_000) }).toHaveLength(300);
      const open = descriptors();
      expect(open - before.descriptors).toBeGreaterThan(300); // files stay open between readings
      // Each is removed and made again while the threads read.
      for (let round = 0; round < 3; round += 1) {
        for (const name of all) {
          remove(name);
          make(name);
        }
        await sleep(1);
      }
      for (const name of all.slice(10)) remove(name);
      await expect
        .poll(() => namesIn(monitor), { timeout: scaled(20_000) })
        .toEqual(all.slice(0, 10).toSorted());
      await expect.poll(descriptors, { timeout: scaled(20_000) }).toBeLessThan(before.descriptors + 300);
      const frame = (await loop.next()).value;
      const ours = frame?.cgroups.filter(({ cgroup }) => cgroup.path.startsWith(`/${prefix}`)) ?? [];
      expect(ours.map(({ figures }) => figures.pids)).toEqual(Array(10).fill(0));
      for (const { rates } of ours)
        for (const rate of Object.values(rates))
          if (rate !== undefined) expect(rate).toBeGreaterThanOrEqual(0);
    }
    await expect.poll(threads).toBeLessThanOrEqual(before.threads);
    expect(descriptors()).toBeLessThanOrEqual(before.descriptors);
    expect(watches()).toBe(0);
  });

  it('are seen within an interval or two, also in a parent that is new', async () => {
    await using monitor = makeMonitor();
    const loop = monitor[Symbol.asyncIterator]();
    await loop.next();
    const parent = `churn-${process.pid}`;
    make(parent);
    make(`${parent}/low`);
    make(`${parent}/low/tctl-${prefix}x`);
    try {
      await expect
        .poll(
          async () => {
            const { value } = await loop.next();
            return value?.cgroups.some(({ cgroup }) => cgroup.path === `/${parent}/low/tctl-${prefix}x`);
          },
          { timeout: scaled(8000), interval: 1 }, // less than the slow walk, which sees everything
        )
        .toBe(true);
    } finally {
      for (const name of [`${parent}/low/tctl-${prefix}x`, `${parent}/low`, parent]) remove(name);
    }
  });
});
