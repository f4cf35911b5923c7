/** Figures of real containers: beside the files themselves, and under loads that are known. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container } from '@tc/core';
import { type Figures, identify, listCgroups, type ProcessInfo, processes, sampleCgroup } from '@tc/monitor';
import { describe, expect, it } from 'vitest';
import { cgroupFile, makeContainer, until, watchLeftovers } from '../support/kernel.ts';
import { makeMonitor, pathOf, sampleOf, sampleWhere } from '../support/monitored.ts';
import { aDisk, cgroupMode, controller, disk, requires, swapAccounting, tool } from '../support/requires.ts';

watchLeftovers();

const MiB = 2 ** 20;
const isV2 = cgroupMode === 'v2';

async function started(
  script: string,
  options: Parameters<typeof makeContainer>[1] = {},
): Promise<Container> {
  const container = await makeContainer(script, options);
  await container.start();
  return container;
}

function figuresOf({ id }: Container): Figures {
  const figures = sampleCgroup(pathOf(id))?.figures;
  return figures ?? expect.unreachable('it has no cgroup');
}

describe('the figures of a container', () => {
  it('are what its files say', async () => {
    await using container = await started('while :; do sleep 100; done', {
      limits: { memory: '64m', memorySwap: '32m', pids: 20, cpus: 0.5 },
    });
    const { id } = container;
    await until(() => cgroupFile(id, 'pids.current') === '2', 'the shell sleeps');
    const file = (v2Name: string, v1Name = v2Name) => Number(cgroupFile(id, isV2 ? v2Name : v1Name));
    const before = file('memory.current', 'memory.usage_in_bytes');
    const figures = figuresOf(container);
    const after = file('memory.current', 'memory.usage_in_bytes');
    // Nothing runs, yet the kernel charges in batches.
    expect(Math.abs((figures.memoryBytes ?? 0) - (before + after) / 2)).toBeLessThan(MiB);
    expect(figures).toMatchObject({
      memoryLimitBytes: 64 * MiB,
      pids: 2,
      pidsLimit: 20,
      pidsLimitHits: 0,
      cpuLimitCores: 0.5,
      oomKills: 0,
      memoryLimitHits: 0,
    });
    expect(figures.memoryWorkingSetBytes).toBeLessThanOrEqual(figures.memoryBytes ?? 0);
    expect(figures.memoryAnonBytes).toBeGreaterThan(0);
    expect(figures.memoryFileBytes).toBeGreaterThanOrEqual(0); // the image's pages are charged to who read them first
    const usage = isV2
      ? Number(/^usage_usec (\d+)$/m.exec(cgroupFile(id, 'cpu.stat'))?.[1])
      : Number(cgroupFile(id, 'cpuacct.usage')) / 1000;
    expect(figures.cpuUsageUsec).toBeGreaterThan(0);
    expect(figures.cpuUsageUsec).toBeLessThanOrEqual(usage + 1); // where 1000 ns are divided
  });

  it('have the limit of swap, or of both together without memory', async (context) => {
    requires(context, swapAccounting);
    await using container = await started('sleep 100', { limits: { memory: '64m', memorySwap: '32m' } });
    const expected = isV2
      ? Number(cgroupFile(container.id, 'memory.swap.max'))
      : Number(cgroupFile(container.id, 'memory.memsw.limit_in_bytes')) - 64 * MiB;
    expect(figuresOf(container)).toMatchObject({ swapLimitBytes: expected, swapBytes: 0 });
  });

  it('are unlimited where it is, or undefined without a cgroup for it', async () => {
    await using container = await started('sleep 100', { limits: { pids: 10 } });
    const { memoryLimitBytes, pidsLimit } = figuresOf(container);
    expect(['max', undefined]).toContain(memoryLimitBytes);
    expect(pidsLimit).toBe(10);
  });

  it('grow by 50 MB that it allocates', async () => {
    await using container = await started(
      'perl -e \'$x = "a" x (50 * 1024 * 1024); open(F, ">/tmp/done"); close F; sleep 100\'',
      { limits: { memory: '128m' } },
    );
    await using monitor = makeMonitor({ look: [pathOf(container.id)] });
    const { figures } = await sampleWhere(
      monitor,
      container.id,
      (sample) => (sample.figures.memoryAnonBytes ?? 0) >= 50 * MiB,
    );
    expect(figures.memoryBytes).toBeGreaterThanOrEqual(50 * MiB);
    expect(figures.memoryPeakBytes ?? figures.memoryBytes).toBeGreaterThanOrEqual(50 * MiB);
    expect(figures.memoryWorkingSetBytes).toBeGreaterThanOrEqual(50 * MiB);
    expect(figures.memoryBytes).toBeLessThanOrEqual(128 * MiB);
  });

  it('count an OOM kill, and how often the limit was met', async (context) => {
    requires(context, swapAccounting);
    await using container = await started(
      'perl -e \'$x = "a" x (200 * 1024 * 1024)\'; while :; do sleep 100; done',
      { limits: { memory: '32m', memorySwap: '0' } },
    );
    await using monitor = makeMonitor();
    const { figures } = await sampleWhere(
      monitor,
      container.id,
      (sample) => (sample.figures.oomKills ?? 0) > 0,
    );
    expect(figures.oomKills).toBe(1);
    const file = (name: string) => Number(cgroupFile(container.id, name));
    // Since Linux 6.12 or so v1 does not count them where swap is limited as well: docs/monitor.md.
    if (!isV2) expect(figures.memoryLimitHits).toBe(file('memory.failcnt') + file('memory.memsw.failcnt'));
    else expect(figures.memoryLimitHits).toBeGreaterThan(0);
  });

  it('count ten processes, and forks that were refused', async () => {
    await using container = await started(
      'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 100 & done; while :; do sleep 100; done',
      { limits: { pids: 15 } },
    );
    await using monitor = makeMonitor({ look: [pathOf(container.id)] });
    const { figures } = await sampleWhere(monitor, container.id, ({ figures: { pids } }) => pids === 12);
    expect(figures).toMatchObject({ pidsLimit: 15, pidsLimitHits: 0 });
    await container.exec(['sh', '-c', 'for i in 1 2 3 4 5; do sleep 1 & done']);
    const { figures: later } = await sampleWhere(
      monitor,
      container.id,
      (sample) => (sample.figures.pidsLimitHits ?? 0) > 0,
    );
    expect(later.pidsLimitHits).toBe(
      Number(/^max (\d+)$/m.exec(cgroupFile(container.id, 'pids.events'))?.[1]),
    );
  });

  it('show a busy loop that gets 0.2 of a core, and how it is throttled', async () => {
    await using container = await started('while :; do :; done', { limits: { cpus: 0.2 } });
    await using monitor = makeMonitor({ interval: 1000 });
    const { figures, rates } = await sampleWhere(
      monitor,
      container.id,
      (sample) => (sample.rates.cpuThrottledPeriods ?? 0) > 0 && (sample.rates.cpuUsageUsec ?? 0) > 0,
    );
    expect(figures.cpuLimitCores).toBeCloseTo(0.2, 5);
    // In a second there are ten periods, and the one that is cut at each end.
    expect(rates.cpuUsageUsec).toBeLessThanOrEqual(0.2e6 * 1.3);
    expect(rates.cpuPeriods).toBeLessThanOrEqual(13);
    expect(rates.cpuThrottledUsec).toBeGreaterThan(0);
    expect(figures.cpuThrottledUsec).toBeGreaterThan(0);
  });

  it('count 20 MB that it writes past the page cache', async (context) => {
    requires(context, aDisk, controller('blkio', 'io'));
    const directory = mkdtempSync(join(process.env['VM_SCRATCH'] ?? tmpdir(), 'tctl-monitor-'));
    try {
      const { device = '' } = disk() ?? {};
      const [major, minor] = device.split(':').map(Number);
      const { dev } = statSync(directory);
      if (dev !== (major ?? 0) * 256 + (minor ?? 0)) return context.skip('that directory is not on the disk');
      await using container = await started(
        'dd if=/dev/zero of=/data/file bs=1M count=20 oflag=direct 2>/dev/null; while :; do sleep 100; done',
        { mounts: [`${directory}:/data`], limits: { io: [{ device, writeBps: '200m' }] } },
      );
      await using monitor = makeMonitor();
      const { figures } = await sampleWhere(
        monitor,
        container.id,
        (sample) => (sample.figures.ioWriteBytes ?? 0) >= 20 * MiB,
      );
      expect(figures.ioWriteBytes).toBeLessThan(25 * MiB); // the file system writes about it, too
      expect(figures.ioWriteOperations).toBeGreaterThanOrEqual(20);
      expect(figures.ioReadBytes).toBeLessThan(20 * MiB);
    } finally {
      rmSync(directory, { recursive: true });
    }
    return undefined;
  });

  it('have PSI where the kernel keeps it by cgroup: in cgroup2', async () => {
    await using container = await started('while :; do :; done', { limits: { cpus: 0.2 } });
    const figures = figuresOf(container);
    if (cgroupMode === 'v1') return expect(figures.cpuPressureSomeUsec).toBeUndefined();
    const text = cgroupFile(container.id, 'cpu.pressure');
    const total = Number(/^some .*total=(\d+)$/m.exec(text)?.[1]);
    expect(figures.cpuPressureSomeUsec).toBeLessThanOrEqual(total);
    expect(figures.cpuPressureSome).toBeGreaterThanOrEqual(0);
    return undefined;
  });

  it('have a network of its own, without lo, and none where it has the host’s', async () => {
    await using own = await started('sleep 100');
    await using host = await started('sleep 100', { network: 'host' });
    expect(figuresOf(own)).toMatchObject({ networkReceiveBytes: 0, networkTransmitPackets: 0 });
    expect(figuresOf(host).networkReceiveBytes).toBeUndefined();
  });

  it('count what a device of its network has sent', async (context) => {
    requires(context, tool('ip'));
    await using container = await started('sleep 100', { capabilities: ['CAP_NET_ADMIN'] });
    const { stdout, exitCode } = await container.exec([
      'sh',
      '-c',
      'ip link add test0 type dummy && ip link set test0 up && ip addr add 192.0.2.1/24 dev test0 && cat /proc/net/dev',
    ]);
    if (exitCode !== 0) return context.skip('the kernel has no dummy devices');
    expect(stdout).toContain('test0');
    await using monitor = makeMonitor({ look: [pathOf(container.id)] });
    // IPv6 looks for its neighbours by itself.
    const { figures } = await sampleWhere(
      monitor,
      container.id,
      (sample) => (sample.figures.networkTransmitPackets ?? 0) > 0,
    );
    expect(figures.networkTransmitBytes).toBeGreaterThan(0);
    return undefined;
  });

  it('know how long it has been there', async () => {
    const before = Date.now();
    await using container = await started('sleep 100');
    const uptimeMs = sampleCgroup(pathOf(container.id))?.uptimeMs ?? Number.NaN;
    expect(uptimeMs).toBeGreaterThanOrEqual(0);
    // The kernel counts starts of processes in ticks of 10 ms, and its clocks differ by a little.
    expect(uptimeMs).toBeLessThanOrEqual(Date.now() - before + 100);
  });

  it('are those of the new run after a restart', async () => {
    await using container = await started('i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 100');
    await using monitor = makeMonitor();
    const loop = monitor[Symbol.asyncIterator]();
    await loop.next();
    const first = await sampleWhere(
      monitor,
      container.id,
      ({ figures }) => (figures.cpuUsageUsec ?? 0) > 100_000,
    );
    await container.stop({ timeout: '10ms' });
    await container.start();
    const second = await sampleWhere(
      monitor,
      container.id,
      ({ uptimeMs = 0 }) => uptimeMs < (first.uptimeMs ?? 0),
    );
    for (const rate of Object.values(second.rates))
      if (rate !== undefined) expect(rate).toBeGreaterThanOrEqual(0);
    await loop.return?.();
  });
});

describe('a container in the list', () => {
  it('is one, with all its directories, whatever runs in it', async () => {
    await using container = await started('sleep 100', { limits: { memory: '64m', pids: 20 } });
    const running = container.exec(['sleep', '100']);
    await until(() => (figuresOf(container).pids ?? 0) >= 2, 'the exec runs');
    const ours = listCgroups().filter(({ path }) => path.includes(container.id));
    expect(ours).toMatchObject([{ path: pathOf(container.id), kind: 'tctl', id: container.id }]);
    for (const directory of Object.values(ours[0]?.directories ?? {}))
      expect(readdirSync(directory)).toContain('cgroup.procs');
    running.kill('SIGKILL');
    await running;
    expect(identify(pathOf(container.id)).id).toBe(container.id);
  });

  it('is gone at its end', async () => {
    const container = await started('sleep 100');
    expect(sampleCgroup(pathOf(container.id))).toBeDefined();
    await container.remove({ force: true });
    expect(sampleCgroup(pathOf(container.id))).toBeUndefined();
  });
});

describe('the processes of a container', () => {
  it('are those that run in it, also by exec, with their parents, users and shares of CPU time', async () => {
    await using monitor = makeMonitor();
    await using container = await started('while :; do :; done', { user: '12:34' });
    const running = container.exec(['sleep', '100']);
    const loop = monitor[Symbol.asyncIterator](); // keeps a thread
    await loop.next();
    const path = pathOf(container.id);
    let all = await monitor.processes(path);
    await expect
      .poll(async () => {
        all = await monitor.processes(path);
        return all.map(({ name }) => name).toSorted();
      })
      .toEqual(['sh', 'sleep']);
    await expect
      .poll(async () => (await monitor.processes(path)).find(({ name }) => name === 'sh')?.cpuCores)
      .toBeGreaterThan(0);
    const sh = all.find(({ name }) => name === 'sh');
    expect(sh).toMatchObject({
      userId: 12,
      threads: 1,
      cgroupPath: path,
      command: ['sh', '-c', 'while :; do :; done'],
    });
    expect(sh?.memoryBytes).toBeGreaterThan(100_000);
    expect(sh?.cpuUsec).toBeGreaterThan(0);
    expect(Math.abs(Date.now() - (sh?.startedAt.getTime() ?? 0))).toBeLessThan(600_000);
    expect(readlinkSync(`/proc/${sh?.pid}/ns/pid`)).not.toBe(readlinkSync('/proc/self/ns/pid'));
    running.kill('SIGKILL');
    await running;
    await loop.return?.();
  });

  it('are those of its PID namespace where it has no cgroup, also by exec, and whoever descends from them', async () => {
    await using container = await started('(sleep 101 &); exec sleep 100', { cgroups: 'disabled' });
    const running = container.exec(['sleep', '102']);
    const { pid = 0 } = await container.inspect();
    let all: readonly ProcessInfo[] = [];
    await until(async () => {
      all = await processes({ pid }, all);
      return all.filter(({ name }) => name === 'sleep').length === 3;
    }, 'all three are there');
    expect(all.map(({ command }) => command.join(' ')).toSorted()).toEqual([
      'sleep 100',
      'sleep 101',
      'sleep 102',
    ]);
    expect(all.find((each) => each.pid === pid)?.cgroupPath).toBeUndefined();
    running.kill('SIGKILL');
    await running;
  });

  it('are found in a PID namespace below another one, and in our own by descent', async (context) => {
    requires(context, tool('unshare'));
    const unshare = ['--pid', '--fork', '--kill-child'];
    const inner = `unshare ${unshare.join(' ')} sh -c "sleep 101 & sleep 100"; true`;
    const child = spawn('unshare', [...unshare, 'sh', '-c', inner], { stdio: 'ignore' });
    const namesOf = async (pid = 0) => (await processes({ pid })).map(({ name }) => name).toSorted();
    try {
      const inside = ['sh', 'sh', 'sleep', 'sleep', 'unshare'];
      await until(async () => (await namesOf(child.pid)).length > inside.length, 'all are there');
      expect(await namesOf(child.pid)).toEqual([...inside, 'unshare']);
      const all = await processes({ pid: child.pid ?? 0 });
      expect(await namesOf(all.find(({ parentPid }) => parentPid === child.pid)?.pid)).toEqual(inside);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(await namesOf(child.pid)).toEqual([]);
  });

  it('are none where there is no such cgroup', async () => {
    await using monitor = makeMonitor();
    expect(await monitor.processes('/tctl-nonexistent')).toEqual([]);
    expect(await monitor.processes('/../../etc')).toEqual([]);
  });
});

it('frames have containers under their names', async () => {
  await using container = await started('sleep 100');
  await using monitor = makeMonitor({
    include: ['tctl'],
    names: ({ id }) => (id === container.id ? 'called so' : undefined),
  });
  for await (const frame of monitor) {
    const sample = sampleOf(frame, container.id);
    if (sample === undefined) continue;
    expect(sample.cgroup.name).toBe('called so');
    break;
  }
});
