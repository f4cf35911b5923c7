import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { makeContainer, newName, until, watchLeftovers } from '../support/kernel.ts';
import { supervisorsOf } from '../support/leftovers.ts';
import { linesOf } from '../support/lines-of.ts';
import { startContainerNode } from '../support/node.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

/** What may be answered where others act on the same container. */
const expected = new Set(['CONTAINER_RUNNING', 'CONTAINER_NOT_RUNNING', 'CONTAINER_EXISTS', 'ABORTED']);
const seconds = slowness > 1 ? 12 : 4;

describe('several processes that act on one container at once', () => {
  it('never leave it in a state that is none', { timeout: scaled(60_000) }, async () => {
    const container = await makeContainer('sleep 1000', {
      detached: true,
      limits: { pids: 20, memory: '64m' },
    });
    const names = [newName(), newName()];
    const jobs = [
      [['start'], ['pause'], ['stop', { timeout: 0 }]],
      [['start'], ['update', { pids: 30 }], ['resume'], ['kill']],
      [['rename', names[0]], ['inspect'], ['update', { memory: '32m' }], ['rename', names[1]]],
    ] as const;
    const children = jobs.map((calls) => startContainerNode({ get: container.id, calls, forever: true }));
    const lines = children.map(linesOf);
    await until(() => lines.every((each) => each.length > 1), 'all of them work', scaled(20_000));
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const info = await container.inspect();
      expect(info.state).toMatch(/^(created|running|paused|exited)$/);
      expect(info.exit?.reason ?? 'signal').toBe('signal');
      expect(await cleanUpAbandoned()).toEqual([]);
      await sleep(5);
    }
    for (const child of children) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const answers = lines.flat();
    const wrong = answers.flatMap(({ error }) =>
      error && !expected.has((error as { code: string }).code) ? [error] : [],
    );
    expect(wrong).toEqual([]);
    expect(answers.length).toBeGreaterThan(slowness > 1 ? 20 : 50);
    console.log(`${answers.length} acts of 3 processes on one container`);
    await container.remove({ force: true });
    expect(await cleanUpAbandoned()).toEqual([]);
  });

  it('are killed at any moment and leave nothing wrong', { timeout: scaled(120_000) }, async () => {
    const container = await makeContainer('sleep 1000', {
      detached: true,
      limits: { pids: 20, memory: '64m' },
    });
    const names = [newName(), newName()];
    const calls = [
      ['start'],
      ['rename', names[0]],
      ['pause'],
      ['update', { pids: 30 }],
      ['rename', names[1]],
      ['stop', { timeout: 0 }],
      ['update', { pids: 20 }],
    ] as const;
    for (let n = 0; n < (slowness > 1 ? 3 : 20); n += 1) {
      const child = startContainerNode({ get: container.id, calls, forever: true });
      const lines = linesOf(child);
      await until(() => lines.length > 1, 'it works', scaled(20_000));
      await sleep(Math.random() * scaled(60));
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(await cleanUpAbandoned()).toEqual([]);
      const info = await container.inspect();
      expect((await Container.get(info.name)).id).toBe(container.id);
      // A first process has its supervisor's name until it executes the command.
      await until(() => supervisorsOf(container.id).length <= 1, 'there is one supervisor at most');
    }
    await container.remove({ force: true });
  });
});
