import type { CgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { selectCgroupManager } from '../../src/cgroups/select.ts';
import { fakeFacts, thrownBy, v1Mounts } from './fake-facts.ts';

const host = (...hierarchies: string[]): CgroupHost => ({
  mode: 'hybrid',
  v2: { mountPoint: '/cg/unified' },
  v1: v1Mounts('/cg', hierarchies),
});
const empty = { '/cg/unified/cgroup.controllers': '', '/cg/unified/cgroup.subtree_control': '' };

describe('a hybrid plan', () => {
  const manager = selectCgroupManager(host('memory', 'pids', 'cpuacct', 'cpu', 'freezer'), fakeFacts(empty));
  const { plan } = manager.plan({ id: 'a1', limits: { memoryBytes: 65_536 } });

  it('takes its limits from v1 and joins the cgroup2 tree as well', () => {
    const v1 = ['memory', 'pids', 'cpuacct'].map((name) => `/cg/${name}/tctl-a1`);
    expect(manager.mode).toBe('hybrid');
    expect(plan.directories).toEqual([...v1, '/cg/unified/tctl-a1']);
    expect(plan.join).toEqual({ tasks: v1.map((path) => `${path}/tasks`), into: '/cg/unified/tctl-a1' });
    expect(plan.writes.map(({ path }) => path)).toContain('/cg/memory/tctl-a1/memory.limit_in_bytes');
  });

  it('shows the container every hierarchy under its own name', () => {
    expect(plan.view.map(({ name }) => name)).toEqual(['memory', 'pids', 'cpuacct', 'unified']);
  });

  it('never enables a controller that v1 holds', () => {
    expect(plan.enable).toEqual([]);
  });
});

describe('a hybrid plan where cgroup2 has what v1 has not', () => {
  const facts = fakeFacts({
    '/cg/unified/cgroup.controllers': 'pids io\n',
    '/cg/unified/cgroup.subtree_control': '\n',
  });
  const manager = selectCgroupManager(host('memory'), facts);

  it('uses that from there', () => {
    const io = [{ device: '8:0', name: '8:0', readBps: 5 }];
    const { plan } = manager.plan({ id: 'a1', limits: { pids: 9, io } });
    expect(plan.enable).toMatchObject([{ path: '/cg/unified/cgroup.subtree_control', value: '+pids +io' }]);
    expect(plan.writes.map(({ path }) => path)).toEqual([
      '/cg/unified/tctl-a1/pids.max',
      '/cg/unified/tctl-a1/io.max',
    ]);
    expect(plan.directories).toEqual(['/cg/memory/tctl-a1', '/cg/unified/tctl-a1']);
  });

  it('counts CPU time there', () => {
    const figures = manager.plan({ id: 'a1', limits: {} }).plan.figures.map(({ path }) => path);
    expect(figures).toContain('/cg/unified/tctl-a1/cpu.stat');
    expect(manager.usage(new Map([['cpu.stat', 'usage_usec 7\n']])).cpuUsec).toBe(7);
  });

  it('refuses what neither has', () => {
    expect(thrownBy(() => manager.plan({ id: 'a1', limits: { cpuWeight: 5 } }))).toMatchObject({
      code: 'LIMIT_UNSUPPORTED',
      operation: 'set the limit cpuWeight',
    });
  });
});
