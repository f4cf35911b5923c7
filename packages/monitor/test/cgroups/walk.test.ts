import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walk } from '../../src/cgroups/walk.ts';
import { FakeHierarchy } from '../support/fake-hierarchy.ts';

describe('walk', () => {
  let memory: FakeHierarchy;
  let cpu: FakeHierarchy;
  beforeEach(() => {
    [memory, cpu] = [new FakeHierarchy(), new FakeHierarchy()];
  });
  afterEach(() => {
    memory[Symbol.dispose]();
    cpu[Symbol.dispose]();
  });
  const all = () =>
    walk([
      { mountPoint: memory.directory, keys: ['memory'] },
      { mountPoint: cpu.directory, keys: ['cpu', 'cpuacct'] },
    ]);

  it('finds a cgroup in all hierarchies that have it', () => {
    memory.add('/a/b');
    cpu.add('/a');
    const found = all();
    expect([...found.keys()]).toEqual(['/a', '/a/b']);
    expect(found.get('/a')?.directories).toEqual({
      memory: join(memory.directory, 'a'),
      cpu: join(cpu.directory, 'a'),
      cpuacct: join(cpu.directory, 'a'),
    });
    expect(found.get('/a/b')?.directories).toEqual({ memory: join(memory.directory, 'a/b') });
  });

  it('tells a cgroup from another one that gets its name', () => {
    memory.add('/a');
    memory.add('/keeps-the-inode');
    const before = all();
    memory.remove('/a');
    mkdirSync(join(memory.directory, 'takes-the-inode')); // kernfs counts on, other file systems don't
    mkdirSync(join(memory.directory, 'a'));
    const after = all();
    expect(after.get('/a')?.identity).not.toBe(before.get('/a')?.identity);
    expect(after.get('/keeps-the-inode')).toEqual(before.get('/keeps-the-inode'));
  });

  it('leaves out what tctl makes for an exec', () => {
    memory.add('/jobs/tctl-web/exec-0123456789ab');
    memory.add('/jobs/tctl-web/tctl-inner');
    memory.add('/exec-other');
    expect([...all().keys()]).toEqual([
      '/exec-other',
      '/jobs',
      '/jobs/tctl-web',
      '/jobs/tctl-web/tctl-inner',
    ]);
  });

  it('finds nothing where there is nothing', () => {
    expect(walk([{ mountPoint: '/nonexistent', keys: ['v2'] }])).toEqual(new Map());
    expect(walk([])).toEqual(new Map());
  });
});
