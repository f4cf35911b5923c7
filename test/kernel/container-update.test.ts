import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, cgroupFile, makeContainer, refusal, watchLeftovers } from '../support/kernel.ts';
import { logged } from '../support/logged.ts';
import { cgroupMode, mode, requires, swapAccounting } from '../support/requires.ts';

watchLeftovers();

const MiB = 2 ** 20;
const isV2 = cgroupMode === 'v2';
const memoryMax = isV2 ? 'memory.max' : 'memory.limit_in_bytes';

describe('update()', () => {
  it('raises and lowers limits while it runs, and for later starts', async () => {
    await using container = await makeContainer('sleep 1000', { limits: { memory: '64m', pids: 20 } });
    await container.start();
    for (const [memory, pids] of [
      ['256m', 5],
      ['32m', 50],
    ] as const) {
      await container.update({ memory, pids });
      expect(cgroupFile(container.id, memoryMax)).toBe(String(Number.parseInt(memory, 10) * MiB));
      expect(cgroupFile(container.id, 'pids.max')).toBe(String(pids));
      expect(await container.inspect()).toMatchObject({ limits: { memory, pids } });
    }
    await container.restart({ timeout: 0 });
    expect(cgroupFile(container.id, memoryMax)).toBe(String(32 * MiB));
    expect(cgroupFile(container.id, 'pids.max')).toBe('50');
  });

  it('keeps memory and swap together in step, whichever way they go', async (context) => {
    requires(context, swapAccounting);
    await using container = await makeContainer('sleep 1000', {
      limits: { memory: '64m', memorySwap: '16m' },
    });
    await container.start();
    const swap = () =>
      isV2
        ? Number(cgroupFile(container.id, 'memory.swap.max'))
        : Number(cgroupFile(container.id, 'memory.memsw.limit_in_bytes')) -
          Number(cgroupFile(container.id, memoryMax));
    for (const [memory, memorySwap] of [
      [256, 0],
      [32, 64],
      [128, 4],
      [16, 0],
    ] as const) {
      await container.update({ memory: memory * MiB, memorySwap: memorySwap * MiB });
      expect([cgroupFile(container.id, memoryMax), swap()]).toEqual([`${memory * MiB}`, memorySwap * MiB]);
    }
  });

  it('lifts a limit', async () => {
    await using container = await makeContainer('sleep 1000', { limits: { memory: '64m', pids: 20 } });
    await container.start();
    await container.update({ memory: 'max', pids: null });
    expect(await container.stats()).toMatchObject({ memoryLimitBytes: 'max', pidsLimit: 'max' });
    expect((await container.inspect()).limits).toEqual({});
    await container.update({ memory: '64m' });
    expect(await container.stats()).toMatchObject({ memoryLimitBytes: 64 * MiB, pidsLimit: 'max' });
  });

  it('changes CPU limits where the container was started with some', async () => {
    await using container = await makeContainer('sleep 1000', {
      limits: { cpus: 0.5, cpuWeight: 200, cpuset: '0' },
    });
    await container.start();
    const quota = () =>
      isV2
        ? cgroupFile(container.id, 'cpu.max').split(' ')[0]
        : cgroupFile(container.id, 'cpu.cfs_quota_us').replace('-1', 'max');
    await container.update({ cpus: 1.5, cpuWeight: 100 });
    expect(quota()).toBe('150000');
    expect(cgroupFile(container.id, isV2 ? 'cpu.weight' : 'cpu.shares')).toBe(isV2 ? '100' : '1024');
    await container.update({ cpus: null, cpuset: null, cpuWeight: 'max' });
    expect(quota()).toBe('max');
  });

  it('has a v2 container’s cgroup get the controller that it lacks', async (context) => {
    requires(context, mode('v2'));
    await using container = await makeContainer('sleep 1000');
    await container.start();
    await container.update({ cpus: 0.5 });
    expect(cgroupFile(container.id, 'cpu.max')).toBe('50000 100000');
  });

  it('says which v1 limits wait for the next start', async (context) => {
    requires(context, mode('v1', 'hybrid'));
    await using container = await makeContainer('sleep 1000', { limits: { pids: 10 } });
    await container.start();
    expect(await refusal(container.update({ pids: 20, cpuset: '0' }))).toMatchObject({
      code: 'LIMIT_NOT_LIVE',
    });
    expect(cgroupFile(container.id, 'pids.max')).toBe('10');
    await container.stop({ timeout: 0 });
    await container.update({ pids: 20, cpuset: '0' });
    await container.start();
    expect(cgroupFile(container.id, 'cpuset.cpus')).toBe('0');
    expect(cgroupFile(container.id, 'pids.max')).toBe('20');
  });

  it('changes all or nothing where more memory is in use on v1', async (context) => {
    requires(context, mode('v1', 'hybrid'));
    // A tmpfs is memory that can’t be reclaimed where there is no swap to be had.
    await using container = await makeContainer('head -c 24M /dev/zero >/tmp/file; echo up; sleep 1000', {
      limits: { memory: '64m', pids: 20 },
    });
    await container.start();
    await logged(container, 'up');
    expect(await refusal(container.update({ memory: '8m', pids: 5 }))).toMatchObject({
      code: 'LIMIT_BELOW_USAGE',
    });
    expect(cgroupFile(container.id, memoryMax)).toBe(String(64 * MiB));
    expect(cgroupFile(container.id, 'pids.max')).toBe('20');
    if (existsSync(join('/sys/fs/cgroup/memory', `tctl-${container.id}`, 'memory.memsw.limit_in_bytes')))
      expect(cgroupFile(container.id, 'memory.memsw.limit_in_bytes')).toBe(String(64 * MiB));
    expect((await container.inspect()).limits).toEqual({ memory: '64m', pids: 20 });
  });

  it('refuses what no start would take, and changes nothing', async () => {
    await using container = await makeContainer('true', { limits: { pids: 20 } });
    expect(await refusal(container.update({ pids: 0 }))).toMatchObject({ code: 'INVALID_LIMIT' });
    expect(await refusal(container.update({ memorySwap: '1m' }))).toMatchObject({ code: 'INVALID_LIMIT' });
    expect(await refusal(container.update({ cpuset: '999' }))).toMatchObject({ code: 'LIMIT_UNSUPPORTED' });
    expect((await container.inspect()).limits).toEqual({ pids: 20 });
  });

  it('works on what run() runs, as long as that does', async () => {
    await using run = box('sleep 1000', { limits: { pids: 20 } });
    await run.started;
    await (await Container.get(run.id)).update({ pids: 30 });
    expect(cgroupFile(run.id, 'pids.max')).toBe('30');
  });
});
