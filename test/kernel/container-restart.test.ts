import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { makeContainer, until, watchLeftovers } from '../support/kernel.ts';
import { supervisorsOf } from '../support/leftovers.ts';
import { linesOf } from '../support/lines-of.ts';
import { countLines } from '../support/logged.ts';
import { startContainerNode } from '../support/node.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const runs = (container: Container, count: number) =>
  expect.poll(() => countLines(container), { timeout: scaled(20_000) }).toBe(count);

/** Longer than any wait that can still be on after so few runs. */
const aWhile = () => sleep(1000);

describe('a restart policy', () => {
  it('no: leaves it ended', async () => {
    await using container = await makeContainer('echo run; exit 1');
    await container.start();
    await container.wait();
    await aWhile();
    expect(await countLines(container)).toBe(1);
  });

  it('always: starts it again however it ended, until it is stopped', async () => {
    await using container = await makeContainer('echo run', { restart: 'always' });
    await container.start();
    await runs(container, 3);
    await container.stop();
    const count = await countLines(container);
    await aWhile();
    expect(await countLines(container)).toBe(count);
    expect((await container.inspect()).state).toBe('exited');
  });

  it('on-failure: starts it again until it succeeds', async () => {
    await using container = await makeContainer(
      'echo run; [ $(cat /n 2>/dev/null | wc -c) -ge 3 ] || { echo >>/n; exit 1; }',
      {
        restart: 'on-failure',
        rootfs: { path: hostRoot, mode: 'overlay', upper: 'disk' },
      },
    );
    await container.start();
    await runs(container, 4);
    await aWhile();
    expect(await countLines(container)).toBe(4);
    expect((await container.inspect()).exit).toMatchObject({ exitCode: 0 });
  });

  it('on-failure:2: gives up after two more runs', async () => {
    await using container = await makeContainer('echo run; exit 1', { restart: 'on-failure:2' });
    await container.start();
    await runs(container, 3);
    await aWhile();
    expect(await countLines(container)).toBe(3);
    await container.start(); // begins anew
    await runs(container, 6);
  });

  it('waits longer each time', async () => {
    await using container = await makeContainer('echo run; exit 1', { restart: 'on-failure:3' });
    await container.start();
    await runs(container, 4);
    const times: number[] = [];
    for await (const { kind, time } of container.events({ since: new Date(0), until: new Date() })) {
      if (kind === 'start') times.push(time.getTime());
    }
    const [first = 0, second = 0, third = 0] = times
      .slice(1)
      .map((time, index) => time - (times[index] ?? 0));
    expect(first).toBeGreaterThanOrEqual(100);
    expect(second).toBeGreaterThanOrEqual(200);
    expect(third).toBeGreaterThanOrEqual(400);
  });

  it('rests when it was killed or stopped from another process', async () => {
    for (const method of ['kill', 'stop']) {
      await using container = await makeContainer('echo run; sleep 1000', { restart: 'always' });
      await container.start();
      const child = startContainerNode({
        get: container.id,
        calls: [method === 'stop' ? ['stop', { timeout: 0 }] : ['kill']],
      });
      const lines = linesOf(child);
      await until(() => lines.length === 2, 'it is done', scaled(15_000));
      await container.wait();
      await aWhile();
      expect(await countLines(container)).toBe(1);
    }
  });

  it('goes on after a signal that was not meant to end it', async () => {
    await using container = await makeContainer('trap "exit 0" HUP; echo run; while :; do sleep 0.02; done', {
      restart: 'always',
    });
    await container.start();
    await runs(container, 1);
    await container.kill('SIGHUP');
    await runs(container, 2);
  });

  it('ends with the container’s removal between two runs', async () => {
    const container = await makeContainer('echo run', { restart: 'always' });
    await container.start();
    await container.wait();
    await container.remove({ force: true });
    await aWhile();
    expect(await Container.list()).toEqual([]);
  });

  it('starts a run again that was lost', async () => {
    await using container = await makeContainer('echo run; sleep 1000', { restart: 'on-failure' });
    await container.start();
    await runs(container, 1);
    for (const pid of supervisorsOf(container.id)) process.kill(pid, 'SIGKILL');
    await runs(container, 2);
  });
});
