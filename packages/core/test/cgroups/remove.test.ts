import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listContainerCgroups } from '../../src/cgroups/list.ts';
import { removeContainerCgroup } from '../../src/cgroups/remove.ts';

// Ordinary directories stand for cgroups: whatever needs the kernel is in test/contract.
let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tc-cgroups-'));
});
afterEach(() => rmSync(base, { recursive: true }));
const make = (...names: string[]) => {
  for (const name of names) mkdirSync(join(base, name), { recursive: true });
};
const memory = () => ({ mountPoint: join(base, 'memory'), controllers: ['memory'] });

describe('listContainerCgroups', () => {
  it('finds what carries a container’s name, in every hierarchy', () => {
    make(
      'memory/tctl-a',
      'memory/tctl-b',
      'memory/jobs/tctl-c',
      'memory/other',
      'unified/tctl-a',
      'unified/tctl-',
    );
    writeFileSync(join(base, 'memory/tctl-file'), '');
    const cpu = { mountPoint: join(base, 'gone'), controllers: ['cpu', 'cpuacct'] };
    const host = {
      mode: 'hybrid',
      v2: { mountPoint: join(base, 'unified') },
      v1: new Map([
        ['memory', memory()],
        ['cpu', cpu],
        ['cpuacct', cpu],
      ]),
    } as const;
    expect(listContainerCgroups(host)).toEqual(
      new Map([
        ['a', [join(base, 'memory/tctl-a'), join(base, 'unified/tctl-a')]],
        ['b', [join(base, 'memory/tctl-b')]],
      ]),
    );
    expect([...listContainerCgroups(host, '/jobs').keys()]).toEqual(['c']);
  });
});

describe('removeContainerCgroup', () => {
  it('removes the cgroups and those below them, and passes over those that are gone', async () => {
    make('memory/tctl-a/inner/inmost', 'memory/tctl-a/second', 'memory/other');
    await removeContainerCgroup([join(base, 'gone/tctl-a'), join(base, 'memory/tctl-a')]);
    expect(existsSync(join(base, 'memory/tctl-a'))).toBe(false);
    expect(existsSync(join(base, 'memory/other'))).toBe(true);
  });

  it('touches nothing if one of the names is no container’s', async () => {
    make('memory/tctl-a', 'memory/other');
    const directories = [join(base, 'memory/tctl-a'), join(base, 'memory/other')];
    await expect(removeContainerCgroup(directories)).rejects.toMatchObject({
      code: 'NOT_A_CONTAINER_CGROUP',
      path: directories[1],
    });
    expect(existsSync(join(base, 'memory/tctl-a'))).toBe(true);
  });

  it('refuses to kill the process that runs it', async () => {
    make('memory/tctl-a');
    writeFileSync(join(base, 'memory/tctl-a/cgroup.procs'), `${process.pid}\n`);
    await expect(removeContainerCgroup([join(base, 'memory/tctl-a')])).rejects.toMatchObject({
      code: 'CGROUP_BUSY',
    });
  });

  it('gives up on processes that do not end, and says which', async () => {
    make('memory/tctl-a');
    // 0 is a process of another PID namespace; killing it would be killing this very process group.
    writeFileSync(join(base, 'memory/tctl-a/cgroup.procs'), '0\n');
    await expect(
      removeContainerCgroup([join(base, 'memory/tctl-a')], { timeoutMs: 20 }),
    ).rejects.toMatchObject({
      code: 'CGROUP_BUSY',
      path: join(base, 'memory/tctl-a'),
      message: expect.stringContaining('do not end: 0'),
    });
  });
});
