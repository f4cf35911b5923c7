import type { CgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { sharesOfWeight } from '../../src/cgroups/cpu.ts';
import type { NormalLimits } from '../../src/cgroups/limits.ts';
import { selectCgroupManager } from '../../src/cgroups/select.ts';
import { fakeFacts, thrownBy, v1Mounts } from './fake-facts.ts';

const host = (...hierarchies: string[]): CgroupHost => ({ mode: 'v1', v1: v1Mounts('/cg', hierarchies) });
const debian = host('cpu,cpuacct', 'memory', 'pids', 'cpuset', 'blkio', 'freezer');
const cpusetRoot = {
  '/cg/cpuset/cpuset.effective_cpus': '0-3\n',
  '/cg/cpuset/cpuset.effective_mems': '0-1\n',
};
const manager = selectCgroupManager(debian, fakeFacts(cpusetRoot));
const plan = (limits: NormalLimits) => manager.plan({ id: 'a1', limits }).plan;
const shown = (plan: { writes: readonly { path: string; value: string }[] }) =>
  plan.writes.map(({ path, value }) => `${value} > ${path}`);

describe('a v1 plan', () => {
  it('makes a directory in each hierarchy that counts something or can pause, and nothing in the others', () => {
    const directories = ['memory', 'pids', 'cpu,cpuacct', 'freezer'].map((name) => `/cg/${name}/tctl-a1`);
    expect(plan({})).toMatchObject({
      enable: [],
      directories,
      writes: [],
      join: { tasks: directories.map((directory) => `${directory}/tasks`), into: undefined },
      view: [
        { name: 'memory', directory: '/cg/memory/tctl-a1' },
        { name: 'pids', directory: '/cg/pids/tctl-a1' },
        { name: 'cpu,cpuacct', directory: '/cg/cpu,cpuacct/tctl-a1' },
        { name: 'freezer', directory: '/cg/freezer/tctl-a1' },
      ],
    });
    expect(plan({}).figures.map(({ path }) => path)).toEqual([
      '/cg/memory/tctl-a1/memory.max_usage_in_bytes',
      '/cg/memory/tctl-a1/memory.oom_control',
      '/cg/pids/tctl-a1/pids.events',
      '/cg/cpu,cpuacct/tctl-a1/cpuacct.usage',
      '/cg/cpu,cpuacct/tctl-a1/cpuacct.usage_user',
      '/cg/cpu,cpuacct/tctl-a1/cpuacct.usage_sys',
    ]);
  });

  it('uses one directory for controllers that share a hierarchy', () => {
    const { directories, join } = plan({ cpuWeight: 5 });
    expect(directories.filter((directory) => directory.includes('cpu,'))).toHaveLength(1);
    expect(join.tasks.filter((path) => path.includes('cpu,'))).toHaveLength(1);
  });

  it.each<[NormalLimits, string[]]>([
    [
      { memoryBytes: 65_536 },
      [
        '65536 > /cg/memory/tctl-a1/memory.limit_in_bytes',
        '65536 > /cg/memory/tctl-a1/memory.memsw.limit_in_bytes',
      ],
    ],
    [
      { memoryBytes: 65_536, swapBytes: 4096 },
      [
        '65536 > /cg/memory/tctl-a1/memory.limit_in_bytes',
        '69632 > /cg/memory/tctl-a1/memory.memsw.limit_in_bytes',
      ],
    ],
    [{ memoryBytes: 65_536, swapBytes: 'max' }, ['65536 > /cg/memory/tctl-a1/memory.limit_in_bytes']],
    [{ memoryLowBytes: 4096 }, ['4096 > /cg/memory/tctl-a1/memory.soft_limit_in_bytes']],
    [{ pids: 20 }, ['20 > /cg/pids/tctl-a1/pids.max']],
    [
      { cpuQuotaUsec: 50_000, cpuWeight: 200 },
      [
        '100000 > /cg/cpu,cpuacct/tctl-a1/cpu.cfs_period_us',
        '50000 > /cg/cpu,cpuacct/tctl-a1/cpu.cfs_quota_us',
        '2048 > /cg/cpu,cpuacct/tctl-a1/cpu.shares',
      ],
    ],
    [{ cpuset: '2' }, ['2 > /cg/cpuset/tctl-a1/cpuset.cpus', '0-1 > /cg/cpuset/tctl-a1/cpuset.mems']],
    [
      { io: [{ device: '8:0', name: '/dev/sda', readBps: 1, writeBps: 2, readIops: 3, writeIops: 4 }] },
      [
        '8:0 1 > /cg/blkio/tctl-a1/blkio.throttle.read_bps_device',
        '8:0 2 > /cg/blkio/tctl-a1/blkio.throttle.write_bps_device',
        '8:0 3 > /cg/blkio/tctl-a1/blkio.throttle.read_iops_device',
        '8:0 4 > /cg/blkio/tctl-a1/blkio.throttle.write_iops_device',
      ],
    ],
  ])('writes %j', (limits, expected) => {
    expect(shown(plan(limits))).toEqual(expected);
  });

  it('fills in cpuset where it shares the hierarchy of a controller that is used', () => {
    const all = host('cpuset,memory,pids,cpuacct');
    const facts = fakeFacts({
      '/cg/cpuset,memory,pids,cpuacct/cpuset.cpus': '0-7\n',
      '/cg/cpuset,memory,pids,cpuacct/cpuset.mems': '0\n',
    });
    const { plan } = selectCgroupManager(all, facts).plan({ id: 'a1', limits: {} });
    expect(shown(plan)).toEqual([
      '0-7 > /cg/cpuset,memory,pids,cpuacct/tctl-a1/cpuset.cpus',
      '0 > /cg/cpuset,memory,pids,cpuacct/tctl-a1/cpuset.mems',
    ]);
    expect(plan.directories).toEqual(['/cg/cpuset,memory,pids,cpuacct/tctl-a1']);
  });

  it('goes below the cgroup that the user chose, in each hierarchy', () => {
    const files = Object.fromEntries(
      ['memory', 'pids', 'cpu,cpuacct'].map((name) => [`/cg/${name}/jobs/tasks`, '']),
    );
    const request = { id: 'a1', limits: {}, parent: 'jobs' };
    const counting = host('cpu,cpuacct', 'memory', 'pids');
    expect(selectCgroupManager(counting, fakeFacts(files)).plan(request).plan.directories).toEqual([
      '/cg/memory/jobs/tctl-a1',
      '/cg/pids/jobs/tctl-a1',
      '/cg/cpu,cpuacct/jobs/tctl-a1',
    ]);
    expect(thrownBy(() => selectCgroupManager(debian, fakeFacts(files)).plan(request))).toMatchObject({
      code: 'CGROUP_PARENT_NOT_FOUND',
      path: '/cg/freezer/jobs',
    });
  });

  it.each<[NormalLimits, string, RegExp, RegExp]>([
    [{ memoryHighBytes: 4096 }, 'memoryHigh', /v1 has no such limit/, /Use memory/],
    [{ cpuset: '0,9' }, 'cpuset', /CPUs 0,9 are not all there/, /from 0-3/],
  ])('refuses %j', (limits, name, problem, hint) => {
    const error = thrownBy(() => plan(limits));
    expect(error).toMatchObject({ code: 'LIMIT_UNSUPPORTED', operation: `set the limit ${name}` });
    expect(error.message).toMatch(problem);
    expect(error.hint).toMatch(hint);
  });

  it('binds to all CPUs when those asked for are left out', () => {
    const { plan, warnings } = manager.plan({ id: 'a1', limits: { cpuset: '9' }, onUnsupported: 'warn' });
    expect(warnings).toHaveLength(1);
    expect(shown(plan)).toContain('0-3 > /cg/cpuset/tctl-a1/cpuset.cpus');
  });

  it.each([
    ['blkio\t0\t1\t1', /blkio controller is not mounted/, /mount -t cgroup -o blkio/],
    ['blkio\t0\t1\t0', /switched off/, /cgroup_disable=blkio/],
    ['memory\t2\t1\t1', /the kernel has no blkio controller/, /Use a kernel/],
  ])('refuses a limit whose controller is missing, with the reason told by %j', (row, problem, hint) => {
    const facts = fakeFacts({ '/proc/cgroups': `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${row}\n` });
    const io = [{ device: '8:0', name: '8:0', readBps: 1 }];
    const error = thrownBy(() =>
      selectCgroupManager(host('memory'), facts).plan({ id: 'a1', limits: { io } }),
    );
    expect(error).toMatchObject({ code: 'LIMIT_UNSUPPORTED', operation: 'set the limit io' });
    expect(error.message).toMatch(problem);
    expect(error.hint).toMatch(hint);
  });
});

describe('a machine without cgroups', () => {
  const none = selectCgroupManager({ mode: 'none', v1: new Map() }, fakeFacts({}));

  it('runs containers without limits', () => {
    expect(none.mode).toBe('none');
    const empty = { enable: [], directories: [], writes: [], figures: [], view: [] };
    expect(none.plan({ id: 'a1', limits: {} }).plan).toEqual({
      ...empty,
      join: { tasks: [], into: undefined },
    });
  });

  it('refuses any limit', () => {
    const error = thrownBy(() => none.plan({ id: 'a1', limits: { pids: 1 } }));
    expect(error).toMatchObject({
      code: 'LIMIT_UNSUPPORTED',
      hint: expect.stringContaining('mount -t cgroup2'),
    });
  });
});

describe('sharesOfWeight', () => {
  it.each([
    [1, 10],
    [100, 1024],
    [10_000, 102_400],
  ])('turns weight %d into %d shares', (weight, shares) => {
    expect(sharesOfWeight(weight)).toBe(shares);
  });
});
