import { describe, expect, it } from 'vitest';
import { selectCgroupManager } from '../../src/cgroups/select.ts';
import { fakeFacts, v1Mounts, v2Host, v2Root } from './fake-facts.ts';

const v2 = selectCgroupManager(v2Host, fakeFacts(v2Root));
const v1 = selectCgroupManager(
  { mode: 'v1', v1: v1Mounts('/cg', ['memory', 'pids', 'cpu,cpuacct']) },
  fakeFacts({}),
);
const nothing = {
  maxMemoryBytes: undefined,
  cpuUsec: undefined,
  cpuUserUsec: undefined,
  cpuSystemUsec: undefined,
  oomKills: undefined,
  pidsLimitHits: undefined,
};
const figures = (texts: Record<string, string>) => new Map(Object.entries(texts));

describe('the usage of a container', () => {
  it('is read from v2 figures in microseconds', () => {
    const texts = {
      'memory.peak': '1302528\n',
      'memory.events': 'low 0\nhigh 0\nmax 31\noom 2\noom_kill 1\noom_group_kill 0\n',
      'pids.events': 'max 3\n',
      'cpu.stat': 'usage_usec 5015\nuser_usec 2000\nsystem_usec 3015\nnice_usec 0\n',
    };
    expect(v2.usage(figures(texts))).toEqual({
      maxMemoryBytes: 1_302_528,
      cpuUsec: 5015,
      cpuUserUsec: 2000,
      cpuSystemUsec: 3015,
      oomKills: 1,
      pidsLimitHits: 3,
    });
  });

  it('is read from v1 figures, whose CPU time is in nanoseconds', () => {
    const texts = {
      'memory.max_usage_in_bytes': '1302528\n',
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
      'pids.events': 'max 0\n',
      'cpuacct.usage': '5015999\n',
      'cpuacct.usage_user': '2000000\n',
      'cpuacct.usage_sys': '999\n',
    };
    expect(v1.usage(figures(texts))).toEqual({
      maxMemoryBytes: 1_302_528,
      cpuUsec: 5015,
      cpuUserUsec: 2000,
      cpuSystemUsec: 0,
      oomKills: 1,
      pidsLimitHits: 0,
    });
  });

  it('is undefined where a file is missing, was empty, or lacks the line', () => {
    expect(v2.usage(new Map())).toEqual(nothing);
    expect(v1.usage(new Map())).toEqual(nothing);
    const texts = {
      'memory.peak': '',
      'memory.events': 'low 0\n',
      'cpu.stat': 'user_usec 1\n',
      'pids.events': '',
    };
    expect(v2.usage(figures(texts))).toEqual({ ...nothing, cpuUserUsec: 1 });
    // Linux before 4.13.
    expect(v1.usage(figures({ 'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\n' }))).toEqual(nothing);
  });

  it('does not take the beginning of a number for it where the text was cut', () => {
    const usage = v2.usage(figures({ 'cpu.stat': 'usage_usec 10\nuser_usec 7\nsystem_usec 1234' }));
    expect(usage).toEqual({ ...nothing, cpuUsec: 10, cpuUserUsec: 7 });
  });
});
