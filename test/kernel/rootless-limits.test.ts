import { chownSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/child.ts';
import { newName, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, nobody, ordinaryUser } from '../support/ordinary-user.ts';
import { cgroupMode, mode, type Need, requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const cgroup2 = readCgroupHost().v2?.mountPoint;
const aCgroup2: Need = () => (cgroup2 === undefined ? 'there is no cgroup2 here' : undefined);

/** A cgroup that root gives to `nobody`, and a cgroup below it to start in. */
const delegated = join(cgroup2 ?? '/', `rootless-${process.pid}`);
const main = join(delegated, 'main');

function give(directory: string): void {
  for (const file of ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads']) {
    chownSync(join(directory, file), nobody, nobody);
  }
}

/** Only the cgroup that it is started in, where it needs to be alone. */
function giveOnlyMain(): void {
  writeFileSync(join(delegated, 'cgroup.subtree_control'), '+pids');
  give(main);
  chownSync(delegated, 0, 0);
}

beforeEach(() => {
  if (cgroup2 === undefined) return;
  if (cgroupMode === 'v2') writeFileSync(join(cgroup2, 'cgroup.subtree_control'), '+memory +pids +cpu');
  mkdirSync(main, { recursive: true });
  give(delegated);
});

afterEach(() => {
  if (cgroup2 === undefined) return;
  for (const directory of ['main/tctl.owner', 'main', '']) {
    const path = join(delegated, directory);
    if (existsSync(path)) rmdirSync(path); // fails where a container is left below
  }
});

function start(cgroup: string | undefined, script: string, options: object = {}): Promise<Answer> {
  const user = ordinaryUser(cgroup === undefined ? {} : { cgroup });
  return user.run({
    command: ['sh', '-c', script],
    options: {
      rootfs: { path: hostRoot, mode: 'overlay' },
      name: newName(),
      timeout: scaled(20_000),
      ...options,
    },
  });
}

describe('an ordinary user in a cgroup that was delegated to it', () => {
  it('has its containers in cgroups of their own there', async (context) => {
    requires(context, canBeOrdinary, aCgroup2);
    const name = newName();
    const answer = await start(main, 'cat /proc/self/cgroup; ls /sys/fs/cgroup', { name });
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer.stdout).toMatch(/^0::\/$/m);
    if (cgroupMode === 'v2') expect(answer.stdout).toMatch(/^cgroup\.procs$/m);
    expect(readdirSync(delegated).filter((each) => each.startsWith('tctl'))).toEqual([]);
  });

  it('can limit memory, processes and CPU', async (context) => {
    requires(context, canBeOrdinary, mode('v2'));
    const limits = { memory: '64m', pids: 20, cpus: 0.5 };
    const script = 'cd /sys/fs/cgroup; cat memory.max pids.max cpu.max memory.swap.max';
    expect(await start(main, script, { limits })).toMatchObject({
      exitCode: 0,
      stdout: `${64 * 2 ** 20}\n20\n50000 100000\n0\n`,
    });
    const greedy = await start(main, 'dd if=/dev/zero of=/dev/null bs=128M count=1', { limits });
    expect(greedy).toMatchObject({ reason: 'oom' });
  });

  it('steps down into a leaf where it is alone in it', async (context) => {
    requires(context, canBeOrdinary, mode('v2'));
    giveOnlyMain();
    const limits = { pids: 20 };
    const script = 'cat /sys/fs/cgroup/pids.max';
    expect(await start(main, script, { limits })).toMatchObject({ exitCode: 0, stdout: '20\n' });
    expect(readdirSync(main)).toContain('tctl.owner');
  });

  it('hears so where others live in it', async (context) => {
    requires(context, canBeOrdinary, mode('v2'));
    giveOnlyMain();
    writeFileSync(join(main, 'cgroup.procs'), String(process.pid));
    try {
      const { error } = await start(main, 'true', { limits: { pids: 20 } });
      expect(error).toMatchObject({
        code: 'CGROUP_NOT_DELEGATED',
        hint: expect.stringMatching(/As root|systemd-run/),
      });
      expect(await start(main, 'true')).toMatchObject({ exitCode: 0 });
    } finally {
      writeFileSync(join(cgroup2 ?? '/', 'cgroup.procs'), String(process.pid));
    }
  });
});

describe('an ordinary user without', () => {
  it('can set no limit, and hears what to do', async (context) => {
    requires(context, canBeOrdinary);
    for (const limits of [{ memory: '64m' }, { pids: 20 }, { cpus: 0.5 }]) {
      const { error } = await start(undefined, 'true', { limits });
      expect(error).toMatchObject({
        code: 'CGROUP_NOT_DELEGATED',
        operation: 'set limits',
        hint: expect.stringMatching(
          cgroupMode === 'v2' ? /chown|systemd-run/ : /boot the host with cgroup v2/,
        ),
      });
    }
  });

  it('has its container without them where it asked for that, and is warned', async (context) => {
    requires(context, canBeOrdinary);
    const answer = await start(undefined, 'echo runs', { limits: { pids: 20 }, onUnsupported: 'warn' });
    expect(answer).toMatchObject({
      stdout: 'runs\n',
      warnings: [expect.stringMatching(/^set limits: .*left out/)],
    });
  });
});
