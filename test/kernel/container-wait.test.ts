import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newName, refusal, until, watchLeftovers } from '../support/kernel.ts';
import { linesOf } from '../support/lines-of.ts';
import { startContainerNode } from '../support/node.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

describe('wait()', () => {
  it('settles for everybody who waits, in other processes too', async () => {
    await using container = await makeContainer('read line; exit 3', { stdin: 'open' });
    await container.start();
    const child = startContainerNode({ get: container.id, calls: [['inspect'], ['wait']] });
    const lines = linesOf(child);
    await until(() => lines.length === 2, 'the other process waits', scaled(15_000));
    const waits = Array.from({ length: 5 }, () => container.wait());
    await sleep(scaled(50));
    await using attached = await container.attach();
    await attached.write('\n');
    for (const exit of await Promise.all(waits)) expect(exit).toMatchObject({ exitCode: 3 });
    await until(() => lines.length === 3, 'the other process knows', scaled(5000));
    expect(lines[2]).toMatchObject({ method: 'wait', value: { exitCode: 3 } });
  });

  it('begun before the start settles with the first run', async () => {
    await using container = await makeContainer('exit 2');
    const waiting = container.wait();
    await sleep(scaled(20));
    await container.start();
    expect(await waiting).toMatchObject({ exitCode: 2 });
  });

  it('of one that has ended tells how at once', async () => {
    await using container = await makeContainer('exit 2');
    await container.start();
    expect(await container.wait()).toEqual(await container.wait());
  });

  it('is given up with its signal', async () => {
    await using container = await makeContainer('sleep 1000');
    const created = refusal(container.wait({ signal: AbortSignal.timeout(10) }));
    expect(await created).toMatchObject({ code: 'ABORTED' });
    await container.start();
    expect(await refusal(container.wait({ signal: AbortSignal.timeout(10) }))).toMatchObject({
      code: 'ABORTED',
    });
    expect(await refusal(container.wait({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORTED' });
    expect((await container.inspect()).state).toBe('running');
  });

  it('fails where it is removed before it has run', async () => {
    const container = await makeContainer('true');
    const waiting = refusal(container.wait());
    await sleep(scaled(20));
    await container.remove();
    expect(await waiting).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });

  it('settles where it is removed while it runs', async () => {
    const container = await makeContainer('sleep 1000');
    await container.start();
    const waiting = container.wait();
    await container.remove({ force: true });
    expect(await waiting).toMatchObject({ signal: 'SIGKILL' });
  });

  it('works on what run() runs', async () => {
    const run = box('sleep 0.1; exit 8', { name: newName() });
    await run.started;
    expect(await (await Container.get(run.id)).wait()).toMatchObject({ exitCode: 8, reason: 'exit' });
    await run;
  });

  it('misses no end of many runs in a row', async () => {
    await using container = await makeContainer('sleep 1000');
    for (let n = 0; n < 20; n += 1) {
      await container.start();
      const waiting = container.wait();
      await container.stop({ timeout: 0 });
      const [exit] = await Promise.all([waiting, container.start()]);
      expect(exit.signal).toBe('SIGKILL');
      await container.stop({ timeout: 0 });
    }
  });
});
