import { describe, expect, it } from 'vitest';
import type { NormalLimits } from '../../src/cgroups/limits.ts';
import { selectCgroupManager } from '../../src/cgroups/select.ts';
import { fakeFacts, thrownBy, v2Host, v2Root } from './fake-facts.ts';

const facts = fakeFacts(v2Root);
const manager = selectCgroupManager(v2Host, facts);
const plan = (limits: NormalLimits) => manager.plan({ id: 'a1', limits }).plan;
/** The writes as a shell would show them. */
const writes = (limits: NormalLimits) => plan(limits).writes.map(({ path, value }) => `${value} > ${path}`);

describe('a v2 plan', () => {
  it('makes one directory, starts the container in it, and shows it as the whole tree', () => {
    expect(plan({})).toMatchObject({
      enable: [],
      directories: ['/cg/tctl-a1'],
      writes: [],
      join: { tasks: [], into: '/cg/tctl-a1' },
      view: [{ name: '', directory: '/cg/tctl-a1' }],
    });
  });

  it('reads memory, pids and CPU time at the end even without limits', () => {
    expect(plan({}).figures).toEqual(
      ['memory.peak', 'memory.events', 'pids.events', 'cpu.stat'].map((name) => ({
        name,
        path: `/cg/tctl-a1/${name}`,
      })),
    );
  });

  it.each<[NormalLimits, string[]]>([
    [{ memoryBytes: 65_536 }, ['65536 > memory.max', '0 > memory.swap.max']],
    [{ memoryBytes: 65_536, swapBytes: 4096 }, ['65536 > memory.max', '4096 > memory.swap.max']],
    [{ memoryBytes: 65_536, swapBytes: 'max' }, ['65536 > memory.max']],
    [{ memoryBytes: 'max', pids: 'max', swapBytes: 'max' }, []],
    [{ memoryHighBytes: 2, memoryLowBytes: 1 }, ['1 > memory.low', '2 > memory.high']],
    [{ pids: 20 }, ['20 > pids.max']],
    [{ cpuQuotaUsec: 50_000 }, ['50000 100000 > cpu.max']],
    [{ cpuWeight: 200 }, ['200 > cpu.weight']],
    [{ cpuset: '0-1,3' }, ['0-1,3 > cpuset.cpus']],
    [
      { io: [{ device: '8:0', name: '/dev/sda', readBps: 1024, writeBps: 2, readIops: 3, writeIops: 4 }] },
      ['8:0 rbps=1024 wbps=2 riops=3 wiops=4 > io.max'],
    ],
    [{ io: [{ device: '8:0', name: '8:0', writeIops: 4 }] }, ['8:0 wiops=4 > io.max']],
  ])('writes %j', (limits, expected) => {
    expect(writes(limits)).toEqual(expected.map((write) => write.replace('> ', '> /cg/tctl-a1/')));
  });

  it('insists on a swap limit only where the user asked for one', () => {
    const optional = (limits: NormalLimits) => plan(limits).writes.map((write) => write.optional);
    expect(optional({ memoryBytes: 65_536 })).toEqual([false, true]);
    expect(optional({ memoryBytes: 65_536, swapBytes: 0 })).toEqual([false, false]);
  });

  it('names a limit as a person would in what it writes', () => {
    const [max, swap] = plan({ memoryBytes: 67_108_864 }).writes;
    expect(max?.what).toBe('set the memory limit to 64 MiB');
    expect(swap?.diagnose).toMatchObject({
      ENOENT: { code: 'LIMIT_UNSUPPORTED' },
      EACCES: { hint: expect.stringContaining('root') },
    });
    const [io] = plan({ io: [{ device: '8:0', name: '/dev/sda', readBps: 1024, writeIops: 4 }] }).writes;
    expect(io?.what).toBe('limit reads to 1 KiB/s and writes to 4 a second on /dev/sda');
    expect(io?.diagnose).toMatchObject({ ENODEV: { code: 'INVALID_LIMIT' } });
  });

  it('enables only what the cgroups above do not pass on', () => {
    expect(plan({ pids: 3, cpuWeight: 2, cpuset: '0' }).enable).toMatchObject([
      {
        path: '/cg/cgroup.subtree_control',
        value: '+cpu +cpuset',
        diagnose: { EBUSY: { hint: expect.stringContaining('no process lives in it') } },
      },
    ]);
  });

  it('refuses CPUs that are not there, which the kernel would silently replace', () => {
    expect(thrownBy(() => plan({ cpuset: '3-4' }))).toMatchObject({
      code: 'LIMIT_UNSUPPORTED',
      operation: 'set the limit cpuset',
      hint: 'Choose from 0-3.',
    });
  });
});

describe('a v2 plan in a cgroup of the user’s choice', () => {
  const below = {
    ...v2Root,
    '/cg/jobs/cgroup.type': 'domain\n',
    '/cg/jobs/cgroup.subtree_control': '\n',
    '/cg/jobs/cgroup.procs': '',
  };
  const planIn = (files: Record<string, string>, limits: NormalLimits, readOnly: string[] = []) =>
    selectCgroupManager(v2Host, fakeFacts(files, readOnly)).plan({ id: 'a1', limits, parent: '/jobs' }).plan;

  it('goes below it', () => {
    expect(planIn(below, {}).directories).toEqual(['/cg/jobs/tctl-a1']);
  });

  it('enables controllers from the root down', () => {
    const enable = planIn(below, { cpuWeight: 2 }).enable.map(({ path, value }) => `${value} > ${path}`);
    expect(enable).toEqual([
      '+cpu > /cg/cgroup.subtree_control',
      '+cpu +memory +pids > /cg/jobs/cgroup.subtree_control',
    ]);
  });

  it('leaves figures out where processes are in the way of enabling their controllers', () => {
    const busy = { ...below, '/cg/jobs/cgroup.procs': '17\n' };
    expect(planIn(busy, {}).enable).toEqual([]);
  });

  it('refuses a limit where processes are in the way of enabling its controller', () => {
    const busy = { ...below, '/cg/jobs/cgroup.procs': '17\n' };
    expect(thrownBy(() => planIn(busy, { pids: 5 }))).toMatchObject({
      code: 'CGROUP_PARENT_BUSY',
      path: '/cg/jobs',
      hint: expect.stringContaining('cgroupParent'),
    });
    const enabled = { ...busy, '/cg/jobs/cgroup.subtree_control': 'pids\n' };
    expect(planIn(enabled, { pids: 5 }).enable).toEqual([]);
  });

  it.each(['threaded', 'domain threaded', 'domain invalid'])('refuses one of type %j', (type) => {
    const threaded = { ...below, '/cg/jobs/cgroup.type': `${type}\n` };
    expect(thrownBy(() => planIn(threaded, {}))).toMatchObject({
      code: 'CGROUP_PARENT_THREADED',
      path: '/cg/jobs',
    });
  });

  it('leaves figures out where it may not enable their controllers', () => {
    const readOnly = ['/cg/jobs/cgroup.subtree_control'];
    expect(planIn(below, {}, readOnly).enable).toEqual([]);
    expect(planIn(below, { memoryBytes: 65_536 }, readOnly).enable).toMatchObject([{ value: '+memory' }]);
  });

  it('refuses one that does not exist', () => {
    expect(thrownBy(() => manager.plan({ id: 'a1', limits: {}, parent: 'jobs' }))).toMatchObject({
      code: 'CGROUP_PARENT_NOT_FOUND',
      path: '/cg/jobs',
      hint: expect.stringContaining('mkdir /cg/jobs'),
    });
  });
});

describe('a v2 limit without its controller', () => {
  const without = { ...v2Root, '/cg/cgroup.controllers': 'pids\n' };
  const planWith = (files: Record<string, string>, onUnsupported?: 'warn') =>
    selectCgroupManager(v2Host, fakeFacts(files)).plan({
      id: 'a1',
      limits: { memoryBytes: 65_536, pids: 3 },
      onUnsupported,
    });
  const table = (row: string) => ({
    '/proc/cgroups': `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${row}\n`,
  });

  it.each([
    ['memory\t0\t1\t0', /switched off/, /cgroup_disable=memory/],
    ['memory\t5\t9\t1', /taken by a cgroup v1 hierarchy/, /cgroup_no_v1=all/],
    ['pids\t0\t1\t1', /the kernel has no memory controller/, /kernel/],
  ])('is refused with the reason that /proc/cgroups tells by %j', (row, problem, hint) => {
    const error = thrownBy(() => planWith({ ...without, ...table(row) }));
    expect(error).toMatchObject({ code: 'LIMIT_UNSUPPORTED', operation: 'set the limit memory' });
    expect(error.message).toMatch(problem);
    expect(error.hint).toMatch(hint);
  });

  it('is refused as not passed on inside a cgroup namespace', () => {
    const error = thrownBy(() => planWith({ ...without, '/cg/cgroup.type': 'domain\n' }));
    expect(error.message).toMatch(/not passed on/);
  });

  it('is left out with a warning on request, and every write may fail to find its file', () => {
    const { plan, warnings } = planWith({ ...without, ...table('memory\t0\t1\t0') }, 'warn');
    expect(warnings).toEqual([expect.stringMatching(/^set the limit memory: .*switched off.*left out/)]);
    expect(plan.writes).toMatchObject([{ path: '/cg/tctl-a1/pids.max', optional: true }]);
  });

  it('is no matter where there is no such limit', () => {
    const { plan } = selectCgroupManager(v2Host, fakeFacts(without)).plan({
      id: 'a1',
      limits: { memoryBytes: 'max' },
    });
    expect(plan.figures.map(({ name }) => name)).toEqual(['pids.events', 'cpu.stat']);
  });
});
