import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { containerIdOf, listContainerCgroups } from '../../packages/core/src/cgroups/index.ts';
import { host, makeGroup, manager } from '../../packages/core/test/cgroups/on-kernel.ts';

const isV2 = manager.mode === 'v2';
const MiB = 2 ** 20;
const BUSY = 'i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done';

afterAll(() => {
  const mine = [...listContainerCgroups(host).keys()].filter((id) =>
    id.startsWith(`contract-${process.pid}-`),
  );
  expect(mine).toEqual([]);
});

// A process that moves into a cgroup leaves what it has charged behind: it must ask for more to be counted there.
const useMemory = 'text=$(head -c 2000000 /dev/zero | tr "\\0" x)';

describe(`limits on ${manager.mode} cgroups`, () => {
  it('stand in the kernel’s files as they were asked for', async () => {
    await using group = makeGroup({
      memory: '64m',
      memorySwap: '16m',
      memoryLow: '8m',
      pids: 20,
      cpus: 0.5,
      cpuWeight: 200,
      cpuset: '0',
    });
    const expected = isV2
      ? {
          'memory.max': `${64 * MiB}`,
          'memory.swap.max': `${16 * MiB}`,
          'memory.low': `${8 * MiB}`,
          'pids.max': '20',
          'cpu.max': '50000 100000',
          'cpu.weight': '200',
          'cpuset.cpus': '0',
        }
      : {
          'memory.limit_in_bytes': `${64 * MiB}`,
          'memory.memsw.limit_in_bytes': `${80 * MiB}`,
          'memory.soft_limit_in_bytes': `${8 * MiB}`,
          'pids.max': '20',
          'cpu.cfs_period_us': '100000',
          'cpu.cfs_quota_us': '50000',
          'cpu.shares': '2048',
          'cpuset.cpus': '0',
        };
    expect(Object.fromEntries(Object.keys(expected).map((file) => [file, group.read(file)]))).toEqual(
      expected,
    );
  });

  it('leave no swap where only memory is limited', async () => {
    await using group = makeGroup({ memory: '64m' });
    expect(group.read(isV2 ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes')).toBe(
      isV2 ? '0' : `${64 * MiB}`,
    );
  });

  it('set a threshold on memory, on v2', async ({ skip }) => {
    skip(!isV2, 'v1 has no memory.high');
    await using group = makeGroup({ memoryHigh: '32m' });
    expect(group.read('memory.high')).toBe(`${32 * MiB}`);
  });

  it.each([
    { memory: '64k', memoryLow: 0, memorySwap: 0, pids: 1, cpus: 0.01, cpuWeight: 1 },
    { memory: 2 ** 53 - 1, memorySwap: 0, pids: 4_194_304, cpus: 8192, cpuWeight: 10_000 },
  ])('are taken by the kernel up to the extremes that are allowed: %j', async (limits) => {
    await using group = makeGroup(limits);
    expect(group.read('pids.max')).toBe(String(limits.pids));
  });

  it('bind the container to its CPUs', async () => {
    await using group = makeGroup({ cpuset: '0' });
    const { stdout } = await group.run('grep Cpus_allowed_list: /proc/self/status');
    expect(stdout).toBe('Cpus_allowed_list:\t0\n');
  });

  it('throttle the CPU time', async () => {
    await using group = makeGroup({ cpus: 0.1 });
    group.start('while :; do :; done');
    const throttled = () => Number(/^nr_throttled (\d+)$/m.exec(group.read('cpu.stat'))?.[1]);
    await vi.waitFor(() => expect(throttled()).toBeGreaterThan(1), { timeout: 15_000 });
  });

  it('apply to a disk by its number', async ({ skip }) => {
    const disk = ['vda', 'sda', 'nvme0n1', 'xvda'].find((name) => existsSync(`/sys/block/${name}/dev`));
    if (disk === undefined) return skip('no disk in /sys/block');
    const device = readFileSync(`/sys/block/${disk}/dev`, 'utf8').trim();
    await using group = makeGroup({ io: [{ device: `/dev/${disk}`, readBps: '1m', writeIops: 100 }] });
    if (isV2) expect(group.read('io.max')).toBe(`${device} rbps=${MiB} wbps=max riops=max wiops=100`);
    else {
      expect(group.read('blkio.throttle.read_bps_device')).toBe(`${device} ${MiB}`);
      expect(group.read('blkio.throttle.write_iops_device')).toBe(`${device} 100`);
    }
  });
});

describe(`usage on ${manager.mode} cgroups`, () => {
  it('tells the memory and CPU time that the container took', async () => {
    await using group = makeGroup({ memory: '128m', pids: 10 });
    const start = performance.now();
    const { code } = await group.run(`dd if=/dev/zero of=/dev/null bs=20M count=1 2>/dev/null; ${BUSY}`);
    const wallUsec = (performance.now() - start) * 1000;
    const { maxMemoryBytes = 0, cpuUsec = 0, cpuUserUsec = 0, cpuSystemUsec = 0, ...rest } = group.usage();
    expect(code).toBe(0);
    expect(maxMemoryBytes).toBeGreaterThan(20 * MiB);
    expect(maxMemoryBytes).toBeLessThan(64 * MiB);
    // A loop in a shell keeps one CPU busy: nanoseconds would be a thousand times as much.
    expect(cpuUsec).toBeGreaterThan(5000);
    expect(cpuUsec).toBeLessThan(wallUsec);
    // v1 samples these two at each clock tick.
    expect(cpuUserUsec + cpuSystemUsec).toBeGreaterThan(cpuUsec * 0.5);
    expect(cpuUserUsec + cpuSystemUsec).toBeLessThan(cpuUsec * 2);
    expect(rest).toEqual({ oomKills: 0, pidsLimitHits: 0 });
  });

  it('is there without any limit', async () => {
    await using group = makeGroup();
    await group.run(useMemory);
    const usage = group.usage();
    expect(usage).toMatchObject({ oomKills: 0, pidsLimitHits: 0 });
    expect(usage.maxMemoryBytes).toBeGreaterThan(0);
    expect(usage.cpuUsec).toBeGreaterThan(0);
  });

  it('counts what the OOM killer ended', async () => {
    await using group = makeGroup({ memory: '8m' });
    const { code } = await group.run('dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null; exit $?');
    expect(code).toBe(137);
    expect(group.usage().oomKills).toBe(1);
    expect(group.usage().maxMemoryBytes).toBeLessThanOrEqual(8 * MiB);
  });

  it('counts the forks that the limit refused', async () => {
    await using group = makeGroup({ pids: 2 });
    const { code } = await group.run('sleep 0.1 & sleep 0.1 & wait');
    expect(code).not.toBe(0);
    expect(code).not.toBe(99);
    expect(group.usage().pidsLimitHits).toBeGreaterThan(0);
  });
});

describe(`a cgroup of the user’s choice on ${manager.mode}`, () => {
  // Made like a container’s so that it is found and removed like one.
  const limits = { memory: '64m', pids: 5, cpus: 0.5, cpuset: '0' };

  it('holds the container, with its limits and figures', async () => {
    await using parent = makeGroup(limits);
    const name = `tctl-${containerIdOf(parent.plan.directories[0] ?? '')}`;
    await using group = makeGroup(limits, { parent: name });
    expect(group.plan.directories.every((directory) => directory.includes(`/${name}/tctl-`))).toBe(true);
    expect(group.read('pids.max')).toBe('5');
    expect((await group.run(`${useMemory}; exit 3`)).code).toBe(3);
    expect(group.usage().maxMemoryBytes).toBeGreaterThan(0);
  });

  it('is refused for a limit while processes live in it, on v2', async ({ skip }) => {
    skip(!isV2, 'v1 has no such rule');
    await using parent = makeGroup();
    const name = `tctl-${containerIdOf(parent.plan.directories[0] ?? '')}`;
    parent.start('exec sleep 600');
    while (parent.read('cgroup.procs') === '') await sleep(5);
    expect(() => makeGroup({ pids: 5 }, { parent: name })).toThrow(/cannot pass on pids/);
    // The kernel says the same: it is what the plan's diagnosis is for, when the process came later.
    const subtree = join(parent.plan.directories[0] ?? '', 'cgroup.subtree_control');
    expect(() => writeFileSync(subtree, '+memory', { flag: 'r+' })).toThrow(/EBUSY/);
    // Without limits the container runs there all the same, with fewer figures.
    await using group = makeGroup({}, { parent: name });
    expect((await group.run('exit 3')).code).toBe(3);
    expect(group.usage()).toMatchObject({ maxMemoryBytes: undefined, oomKills: undefined });
  });

  it('is refused where it holds threads, on v2', async ({ skip }) => {
    skip(!isV2, 'v1 has no threaded cgroups');
    await using parent = makeGroup();
    const directory = parent.plan.directories[0] ?? '';
    const name = `tctl-${containerIdOf(directory)}`;
    mkdirSync(join(directory, 'threads'));
    writeFileSync(join(directory, 'threads/cgroup.type'), 'threaded');
    expect(() => makeGroup({}, { parent: name })).toThrow(/domain threaded/);
    expect(() => makeGroup({}, { parent: `${name}/threads` })).toThrow(/threaded/);
  });

  it('can be an empty directory that was just made, on v2', async ({ skip }) => {
    if (!isV2) return skip('v1 passes controllers on by itself');
    await using outer = makeGroup();
    const name = `tctl-${containerIdOf(outer.plan.directories[0] ?? '')}`;
    mkdirSync(join(outer.plan.directories[0] ?? '', 'jobs'));
    await using group = makeGroup({ pids: 5 }, { parent: `/${name}/jobs` });
    expect(group.plan.enable.map(({ value }) => value)).toEqual(['+pids +memory', '+pids +memory']);
    expect(group.read('pids.max')).toBe('5');
  });
});
