import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  containerIdOf,
  freezeContainerCgroup,
  listContainerCgroups,
  removeContainerCgroup,
} from '../../packages/core/src/cgroups/index.ts';
import { type Group, host, makeGroup, manager } from '../../packages/core/test/cgroups/on-kernel.ts';

async function startAndWait(group: Group, script: string, before = '') {
  const child = group.start(`${before} echo started; ${script}`);
  if (child.stdout === null) throw new Error('no stdout');
  await once(child.stdout, 'data');
  return { child, closed: once(child, 'exit') };
}

const expectGone = ({ plan }: Group) =>
  expect(plan.directories.filter((each) => existsSync(each))).toEqual([]);

describe(`removing ${manager.mode} cgroups`, () => {
  it('finds them by the container’s id and removes all of them', async () => {
    await using group = makeGroup({ pids: 10 });
    const { directories } = group.plan;
    const id = containerIdOf(directories[0] ?? '') ?? '';
    expect(listContainerCgroups(host).get(id)?.toSorted()).toEqual(directories.toSorted());
    await removeContainerCgroup(directories);
    expectGone(group);
    expect(listContainerCgroups(host).has(id)).toBe(false);
  });

  it('ends the processes that are left', async () => {
    await using group = makeGroup();
    // On v1 a fork fails from the beginning of the removal on, and a shell may say so before it is killed.
    const { closed } = await startAndWait(group, 'exec sleep 600', 'sleep 600 & sleep 600 &');
    await removeContainerCgroup(group.plan.directories);
    expectGone(group);
    expect(await closed).toEqual([null, 'SIGKILL']);
  });

  it('ends a fork bomb', async () => {
    await using group = makeGroup({ pids: 40 });
    const { closed } = await startAndWait(
      group,
      'bomb() { bomb | bomb & }; while :; do bomb; done 2>/dev/null',
    );
    while (group.usage().pidsLimitHits === 0) await sleep(5);
    await removeContainerCgroup(group.plan.directories);
    expectGone(group);
    await closed;
  });

  it('ends a fork bomb that no limit holds', async () => {
    await using group = makeGroup();
    // It grows by some processes a second only, but new ones at any moment.
    const { closed } = await startAndWait(group, 'while :; do sleep 600 & sleep 0.01; done');
    await sleep(100);
    await removeContainerCgroup(group.plan.directories);
    expectGone(group);
    await closed;
  });

  it('goes down to cgroups that were made below', async () => {
    await using group = makeGroup();
    const inner = group.plan.directories.map((directory) => join(directory, 'inner'));
    for (const directory of inner) mkdirSync(directory);
    const { child, closed } = await startAndWait(group, 'exec sleep 600');
    for (const directory of inner) writeFileSync(join(directory, 'cgroup.procs'), String(child.pid));
    await removeContainerCgroup(group.plan.directories);
    expectGone(group);
    await closed;
  });

  it('ends processes that are frozen', async () => {
    await using group = makeGroup();
    const { closed } = await startAndWait(group, 'exec sleep 600');
    await freezeContainerCgroup(group.plan.directories, true);
    await removeContainerCgroup(group.plan.directories);
    expectGone(group);
    await closed;
  });
});

describe(`freezing ${manager.mode} cgroups`, () => {
  it('stops every process until they are thawed', async () => {
    await using group = makeGroup();
    const cpuUsec = () => group.usage().cpuUsec ?? Number.NaN;
    await startAndWait(group, 'while :; do :; done');
    await freezeContainerCgroup(group.plan.directories, true);
    // v1 says FROZEN when every process is about to stop; the last tick is counted a little later.
    await sleep(50);
    const frozen = cpuUsec();
    await sleep(100);
    expect(cpuUsec()).toBe(frozen);
    await freezeContainerCgroup(group.plan.directories, false);
    await sleep(100);
    expect(cpuUsec()).toBeGreaterThan(frozen);
  });

  it('refuses a cgroup that is no container’s', async () => {
    await expect(freezeContainerCgroup([host.v2?.mountPoint ?? '/'], true)).rejects.toMatchObject({
      code: 'NOT_A_CONTAINER_CGROUP',
    });
  });
});
