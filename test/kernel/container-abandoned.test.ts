import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../packages/core/src/state/alive.ts';
import {
  box,
  makeContainer,
  newDirectory,
  newName,
  refusal,
  runtimeDirectory,
  until,
  watchLeftovers,
} from '../support/kernel.ts';
import { cgroupMountPoints, processes, supervisorsOf } from '../support/leftovers.ts';
import { linesOf } from '../support/lines-of.ts';
import { startContainerNode } from '../support/node.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const sleeper = { rootfs: { path: hostRoot, mode: 'overlay' }, command: ['sleep', '1000'] } as const;
const limits = { memory: '64m', pids: 20 };
const file = (container: Container, name: string) => join(runtimeDirectory, container.id, name);

/** Kills the supervisor, and waits until the kernel has ended the container with it. */
async function loseSupervisor(container: Container): Promise<void> {
  const { pid } = await container.inspect();
  for (const supervisor of supervisorsOf(container.id)) process.kill(supervisor, 'SIGKILL');
  const isGone = () => !processes().some((each) => each.pid === pid && each.state !== 'Z');
  await until(() => isGone() && !isAlive(join(runtimeDirectory, container.id)), 'it is gone');
}

function cgroupsOf({ id }: Container): string[] {
  return cgroupMountPoints()
    .map((point) => join(point, `tctl-${id}`))
    .filter((path) => existsSync(path));
}

/** A process that starts a container of its own and stays. */
async function startOwner(options: object): Promise<{ kill(): Promise<void>; container: Container }> {
  const child = startContainerNode({ create: { ...sleeper, ...options }, calls: [['start']], stay: true });
  const lines = linesOf(child);
  await until(() => lines.length === 2, 'it has started one', scaled(15_000));
  expect(lines[1]).not.toHaveProperty('error');
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { kill, container: await Container.get(String(lines[0]?.['id'])) };
}

describe('a container of another runtime directory', () => {
  it('outlives the clean-up of one of the same name, which had no cgroups', async () => {
    const [other, name] = [newDirectory(), newName()];
    mkdirSync(join(other, name));
    writeFileSync(
      join(other, name, 'launch.json'),
      JSON.stringify({ schema: 1, cgroups: [], ephemeral: true }),
    );
    await using running = box(['sleep', '1000'], { name });
    await running.started;
    expect(await cleanUpAbandoned(other)).toEqual([name]);
    const { state } = await (await Container.get(name)).inspect();
    expect(state).toBe('running');
  });
});

describe('an owner that is killed', () => {
  it('takes its container along, whose record says why', async () => {
    const { kill, container } = await startOwner({});
    await using _ = container;
    const waiting = container.wait();
    await kill();
    expect(await waiting).toMatchObject({ signal: 'SIGKILL', reason: 'aborted' });
    expect(await container.inspect()).toMatchObject({ state: 'exited', exit: { reason: 'aborted' } });
    expect(await cleanUpAbandoned()).toEqual([]);
    await container.start();
    await container.stop({ timeout: 0 });
  });

  it('leaves a detached one, which others stop', async () => {
    const { kill, container } = await startOwner({ detached: true });
    await kill();
    await sleep(scaled(100));
    expect(await container.inspect()).toMatchObject({ state: 'running', detached: true });
    expect(await cleanUpAbandoned()).toEqual([]);
    await container.stop({ timeout: 0 });
    await container.remove();
  });

  it('takes one along that is to be removed, with all that there is of it', async () => {
    const { kill, container } = await startOwner({ autoRemove: true, name: newName() });
    const waiting = container.wait();
    await kill();
    expect(await waiting).toMatchObject({ signal: 'SIGKILL' });
    expect(await refusal(container.inspect())).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    await cleanUpAbandoned(); // the data directory's link, where the owner would have removed it
  });

  it('ends the restart policy that it worked for', async () => {
    const { kill, container } = await startOwner({ command: ['false'], restart: 'always' });
    await using _ = container;
    await kill();
    await until(() => supervisorsOf(container.id).length === 0, 'the last run is over');
    const { exit } = await container.inspect();
    await sleep(scaled(1000));
    expect((await container.inspect()).exit).toEqual(exit);
  });
});

describe('a supervisor that is killed', () => {
  it('leaves a run that is lost, and cgroups that the clean-up removes', async () => {
    await using container = await makeContainer('sleep 1000', { limits });
    await container.start();
    const { startedAt } = await container.inspect();
    const waiting = container.wait();
    await loseSupervisor(container);
    expect(await waiting).toMatchObject({ reason: 'lost', exitCode: undefined, startedAt });
    const info = await container.inspect();
    expect(info).toMatchObject({ state: 'exited', pid: undefined, exit: { reason: 'lost' } });
    expect(cgroupsOf(container)).not.toEqual([]);
    expect(await cleanUpAbandoned()).toEqual([]);
    expect(cgroupsOf(container)).toEqual([]);
    expect(await container.inspect()).toEqual(info);
    expect(existsSync(file(container, 'running'))).toBe(false);
  });

  it('keeps nobody from starting the container again, cleaned up or not', async () => {
    await using container = await makeContainer('sleep 1000', { limits });
    await container.start();
    await loseSupervisor(container);
    await container.start();
    expect((await container.inspect()).state).toBe('running');
    await loseSupervisor(container);
    await cleanUpAbandoned();
    await container.start();
  });

  it('is no reason not to remove it', async () => {
    const container = await makeContainer('sleep 1000', { limits });
    await container.start();
    await loseSupervisor(container);
    await container.remove();
    expect(cgroupsOf(container)).toEqual([]);
  });

  it('leaves one that is to be removed to the clean-up', async () => {
    const container = await makeContainer('sleep 1000', { autoRemove: true, name: newName() });
    await container.start();
    await loseSupervisor(container);
    await cleanUpAbandoned();
    expect(readdirSync(runtimeDirectory).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('at any moment of a start leaves one that can be started', async () => {
    await using container = await makeContainer('sleep 1000', { limits });
    for (let n = 0; n < 20; n += 1) {
      const starting = container.start().catch((error: Error) => error);
      await until(() => supervisorsOf(container.id).length > 0, 'the supervisor is there');
      await sleep(Math.random() * scaled(3));
      for (const pid of supervisorsOf(container.id)) process.kill(pid, 'SIGKILL');
      await starting;
      await until(() => !isAlive(join(runtimeDirectory, container.id)), 'it is gone');
      if (n % 2 === 0) expect(await cleanUpAbandoned()).toEqual([]);
    }
    await container.start();
    await container.stop({ timeout: 0 });
    expect(cgroupsOf(container)).toEqual([]);
  });
});

describe('state that is not what it should be', () => {
  it('with a pid that is another’s now signals nobody', async () => {
    await using container = await makeContainer('sleep 1000');
    await container.start();
    const running = readFileSync(file(container, 'running'));
    await container.kill();
    await container.wait();
    await using other = await makeContainer('sleep 1000');
    await other.start();
    const { pid } = await other.inspect();
    running.writeBigInt64LE(BigInt(pid ?? 0), 8);
    writeFileSync(file(container, 'running'), running);
    expect(await container.inspect()).toMatchObject({ state: 'exited', exit: { reason: 'lost' } });
    expect(await refusal(container.kill())).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
    await container.stop({ timeout: 0 });
    await container.start();
    expect((await container.inspect()).pid).not.toBe(pid);
    expect((await other.inspect()).state).toBe('running');
  });

  it('with half a configuration is nobody’s, and is removed', async () => {
    const container = await makeContainer('true', { name: newName() });
    const text = readFileSync(file(container, 'config.json'), 'utf8');
    writeFileSync(file(container, 'config.json'), text.slice(0, text.length / 2));
    expect(await Container.list()).toEqual([]);
    expect(await refusal(Container.get(container.name))).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    expect(await cleanUpAbandoned()).toEqual([container.id]);
  });

  it('that a newer version made is left alone', async () => {
    const container = await makeContainer('true', { name: newName() });
    const text = readFileSync(file(container, 'config.json'), 'utf8');
    writeFileSync(file(container, 'config.json'), text.replace('"schema":1', '"schema":2'));
    expect(await Container.list()).toEqual([]);
    expect(await refusal(Container.get(container.name))).toMatchObject({ code: 'CONFIG_VERSION' });
    expect(await cleanUpAbandoned()).toEqual([]);
    writeFileSync(file(container, 'config.json'), text);
    await container.remove();
  });

  it('with half a record of its end tells of a run that was lost', async () => {
    await using container = await makeContainer('exit 3');
    await container.start();
    await container.wait();
    const record = readFileSync(file(container, 'exited'));
    writeFileSync(file(container, 'exited'), record.subarray(0, 100));
    expect((await container.inspect()).exit).toMatchObject({ reason: 'lost', exitCode: undefined });
  });

  it('that was half made, half removed or half renamed is cleaned up', async () => {
    await using container = await makeContainer('true', { name: newName() });
    mkdirSync(join(runtimeDirectory, '.new-123456789abc'));
    mkdirSync(join(runtimeDirectory, '.gone-123456789abc/inner'), { recursive: true });
    symlinkSync('123456789abc', join(runtimeDirectory, newName()));
    symlinkSync(container.id, join(runtimeDirectory, newName()));
    expect(await cleanUpAbandoned()).toEqual([]);
    const left = readdirSync(runtimeDirectory).filter((name) => !/^\.(lock|events)$/.test(name));
    expect(left.toSorted()).toEqual([container.id, container.name].toSorted());
  });

  it('that a restart of the machine took away leaves data, which is removed', async () => {
    const container = await makeContainer('true', { name: newName() });
    await container.start();
    await container.wait();
    for (const name of readdirSync(runtimeDirectory)) {
      rmSync(join(runtimeDirectory, name), { recursive: true });
    }
    const data = join(process.env['TCTL_DATA_DIR'] ?? '', 'containers');
    expect(readdirSync(data)).toContain(container.id);
    expect(await cleanUpAbandoned()).toEqual([]);
    expect(readdirSync(data)).toEqual([]);
  });
});
