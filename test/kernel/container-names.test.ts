import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newName, refusal, runtimeDirectory, watchLeftovers } from '../support/kernel.ts';

watchLeftovers();

describe('a name', () => {
  it('finds its container, as the id and its beginning do', async () => {
    await using container = await makeContainer('true', { name: newName() });
    expect(container.id).toMatch(/^[0-9a-f]{12}$/);
    for (const text of [container.name, container.id, container.id.slice(0, 11)]) {
      expect((await Container.get(text)).id).toBe(container.id);
    }
    expect(readlinkSync(join(runtimeDirectory, container.name))).toBe(container.id);
  });

  it('is the id where none was given', async () => {
    await using container = await makeContainer('true');
    expect(container.name).toBe(container.id);
    expect(await container.inspect()).toMatchObject({ name: container.id });
  });

  it('is one container’s alone, whoever made that', async () => {
    await using container = await makeContainer('true', { name: newName() });
    const { name, id } = container;
    const hint = expect.stringMatching(/rename/);
    for (const again of [makeContainer('true', { name }), box('true', { name })]) {
      const error = await refusal(again);
      expect(error).toMatchObject({ code: 'CONTAINER_EXISTS', hint });
      expect(error['message']).toBe(`name the container ${name}: the name is in use by container ${id}`);
    }
    expect(await refusal(makeContainer('true', { name: id }))).toMatchObject({ code: 'CONTAINER_EXISTS' });
    await using run = box('sleep 1000');
    await run.started;
    expect(await refusal(makeContainer('true', { name: run.id }))).toMatchObject({
      code: 'CONTAINER_EXISTS',
    });
    expect(await refusal(container.rename(run.id))).toMatchObject({ code: 'CONTAINER_EXISTS' });
  });

  it('of which nothing is known finds nothing', async () => {
    await using _ = await makeContainer('true');
    for (const text of ['nobody', '', '..', '.lock', 'a/b', 'x'.repeat(100)]) {
      expect(await refusal(Container.get(text))).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    }
  });

  it('can be changed, also while it runs, and is free again then', async () => {
    await using container = await makeContainer('sleep 1000', { name: newName() });
    const [before, after] = [container.name, newName()];
    await container.start();
    await container.rename(after);
    expect(await refusal(Container.get(before))).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    expect((await Container.get(after)).id).toBe(container.id);
    await using other = await makeContainer('true', { name: before });
    expect(other.id).not.toBe(container.id);
    await container.rename(container.id);
    expect(existsSync(join(runtimeDirectory, after))).toBe(false);
    expect(await refusal(container.rename(before))).toMatchObject({ code: 'CONTAINER_EXISTS' });
    expect(await refusal(container.rename('no name'))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('can’t be changed while a container runs that is to remove itself by it', async () => {
    await using container = await makeContainer('sleep 1000', { name: newName(), autoRemove: true });
    await container.rename(newName());
    await container.start();
    expect(await refusal(container.rename(newName()))).toMatchObject({ code: 'CONTAINER_RUNNING' });
  });

  it('goes to one of many that want it at once', async () => {
    const name = newName();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => makeContainer('true', { name })),
    );
    const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(made).toHaveLength(1);
    for (const container of made) await container.remove();
    const others = await Promise.all(Array.from({ length: 5 }, () => makeContainer('true')));
    const renamed = await Promise.allSettled(others.map((each) => each.rename(name)));
    expect(renamed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const names = await Promise.all(others.map(async (each) => (await each.inspect()).name));
    expect(names.filter((each) => each === name)).toHaveLength(1);
    for (const container of others) await container.remove();
  });
});

describe('list()', () => {
  it('tells of all, the oldest first, with what they were made with', async () => {
    await using first = await makeContainer('true', { labels: { role: 'a' }, image: 'host' });
    await sleep(2); // times of creation are in milliseconds
    await using second = await makeContainer('sleep 1000', { limits: { pids: 5 } });
    await second.start();
    await sleep(2);
    await using run = box('sleep 1000');
    await run.started;
    const list = await Container.list();
    expect(list.map(({ id }) => id)).toEqual([first.id, second.id, run.id]);
    expect(list[0]).toMatchObject({ state: 'created', labels: { role: 'a' }, image: 'host', pid: undefined });
    expect(list[1]).toMatchObject({ state: 'running', limits: { pids: 5 }, detached: false });
    expect(list[2]).toMatchObject({ state: 'running', ephemeral: true, command: ['sh', '-c', 'sleep 1000'] });
  });

  it('passes over what vanishes meanwhile', async () => {
    let over = false;
    const making = (async () => {
      while (!over) await (await makeContainer('true')).remove();
    })();
    for (let n = 0; n < 200; n += 1) {
      for (const { createdAt } of await Container.list()) expect(createdAt.getTime()).toBeGreaterThan(0);
      await new Promise(setImmediate);
    }
    over = true;
    await making;
  });
});

describe('prune()', () => {
  it('removes what has ended and nothing else', async () => {
    await using created = await makeContainer('true');
    await using running = await makeContainer('sleep 1000');
    await running.start();
    const ended = await makeContainer('true', { name: newName() });
    await ended.start();
    await ended.wait();
    expect(await Container.prune()).toEqual([ended.id]);
    expect((await Container.list()).map(({ id }) => id)).toEqual([created.id, running.id]);
    expect(await Container.prune({ created: true })).toEqual([created.id]);
  });
});

describe('remove()', () => {
  it('is refused while it runs, unless by force', async () => {
    const container = await makeContainer('sleep 1000');
    await container.start();
    expect(await refusal(container.remove())).toMatchObject({ code: 'CONTAINER_RUNNING' });
    await container.remove({ force: true });
    expect(await refusal(container.remove())).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    expect(await refusal(container.start())).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });

  it('by force ends what run() runs', async () => {
    const run = box('sleep 1000');
    await run.started;
    await (await Container.get(run.id)).remove({ force: true });
    expect(await run).toMatchObject({ signal: 'SIGKILL' });
  });

  it('by many at once succeeds once', async () => {
    const container = await makeContainer('sleep 1000');
    await container.start();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => container.remove({ force: true })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    }
  });
});
