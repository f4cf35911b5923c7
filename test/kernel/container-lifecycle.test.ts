import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newName, refusal, watchLeftovers } from '../support/kernel.ts';
import { countLines, logged } from '../support/logged.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const stateOf = async (container: Container) => (await container.inspect()).state;

describe('a container', () => {
  it('is created, runs, is paused, goes on and has ended', async () => {
    await using container = await makeContainer('read line', { stdin: 'open' });
    expect(await stateOf(container)).toBe('created');
    await container.start();
    expect(await stateOf(container)).toBe('running');
    await container.pause();
    expect(await stateOf(container)).toBe('paused');
    await container.resume();
    expect(await stateOf(container)).toBe('running');
    await container.kill();
    expect(await container.wait()).toMatchObject({ signal: 'SIGKILL', reason: 'signal' });
    expect(await stateOf(container)).toBe('exited');
  });

  it('tells how it ended, in every way there is', async () => {
    await using exited = await makeContainer('exit 7');
    await exited.start();
    const exit = await exited.wait();
    expect(exit).toMatchObject({ exitCode: 7, signal: undefined, reason: 'exit', timedOut: false });
    expect(exit.finishedAt?.getTime()).toBeGreaterThanOrEqual(exit.startedAt?.getTime() ?? 0);
    expect(exit.wallMs).toBeGreaterThan(0);

    await using late = await makeContainer('sleep 1000', { timeout: scaled(100) });
    await late.start();
    expect(await late.wait()).toMatchObject({ signal: 'SIGKILL', reason: 'timeout', timedOut: true });

    await using loud = await makeContainer('yes', { maxOutput: '64k' });
    await loud.start();
    expect(await loud.wait()).toMatchObject({ reason: 'output' });

    await using big = await makeContainer('head -c 64M /dev/zero | tail -c 64M', {
      limits: { memory: '16m' },
    });
    await big.start();
    expect(await big.wait()).toMatchObject({ reason: 'oom', oomKilled: true });
  });

  it('can be started again, and remembers its last run', async () => {
    await using container = await makeContainer('sleep 0.01; exit 3');
    await container.start();
    const first = await container.wait();
    await container.start();
    expect((await container.inspect()).exit).toBeUndefined();
    const second = await container.wait();
    expect(second.exitCode).toBe(3);
    expect(second.startedAt?.getTime()).toBeGreaterThan(first.startedAt?.getTime() ?? 0);
    expect((await container.inspect()).exit).toEqual(second);
  });

  it('is refused a second start while it runs', async () => {
    await using container = await makeContainer('sleep 1000');
    await container.start();
    expect(await refusal(container.start())).toMatchObject({ code: 'CONTAINER_RUNNING' });
    const again = await Container.get(container.id);
    expect(await refusal(again.start())).toMatchObject({ code: 'CONTAINER_RUNNING' });
    expect(await stateOf(container)).toBe('running');
  });

  it('of two starts at once one succeeds', async () => {
    await using container = await makeContainer('sleep 1000');
    const results = await Promise.allSettled([container.start(), container.start()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('stays created where its command can’t be started, and can be removed', async () => {
    await using container = await makeContainer(['/no/such/program']);
    expect(await refusal(container.start())).toMatchObject({ call: 'execve', errnoName: 'ENOENT' });
    expect(await stateOf(container)).toBe('created');
  });

  it('is refused at once where its options can’t be used', async () => {
    const refused = (options: object) => refusal(makeContainer('true', options));
    expect(await refused({ rootfs: '/no/such/directory' })).toMatchObject({ code: 'ROOTFS_NOT_FOUND' });
    expect(await refused({ limits: { pids: -1 } })).toMatchObject({ code: 'INVALID_LIMIT' });
    expect(await refused({ restart: 'sometimes' })).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refused({ restart: 'always', autoRemove: true })).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refused({ stopTimeout: 'soon' })).toMatchObject({ code: 'INVALID_DURATION' });
    expect(await refused({ stopSignal: 'SIGNOTHING' })).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refused({ logs: { maxBytes: 5 } })).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refused({ labels: { a: 1 } })).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refused({ name: '../x' })).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('that removes itself is gone at its end, and waiters learn how that was', async () => {
    await using container = await makeContainer('read line; exit 4', {
      stdin: 'open',
      autoRemove: true,
      name: newName(),
    });
    await container.start();
    const waiting = [container.wait(), (await Container.get(container.name)).wait()];
    await using attached = await container.attach();
    await attached.write('go\n');
    expect((await Promise.all(waiting)).map(({ exitCode }) => exitCode)).toEqual([4, 4]);
    expect(await refusal(container.inspect())).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    expect(await refusal(Container.get(container.name))).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });

  it('that removes itself is known to have run into its limit', async () => {
    await using container = await makeContainer('sleep 1000', { autoRemove: true, timeout: '300ms' });
    await container.start();
    expect(await container.wait()).toMatchObject({ signal: 'SIGKILL', reason: 'timeout', timedOut: true });
  });

  it('keeps what it wrote to disk from start to start', async () => {
    await using container = await makeContainer('cat /note 2>/dev/null; echo again >>/note', {
      rootfs: { path: hostRoot, mode: 'overlay', upper: 'disk' },
    });
    for (let n = 0; n < 3; n += 1) {
      await container.start();
      expect((await container.wait()).exitCode).toBe(0);
    }
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual(['again', 'again', 'again']);
  });
});

describe('stop()', () => {
  it('lets it end by itself', async () => {
    await using container = await makeContainer('trap "exit 5" TERM; echo up; while :; do sleep 0.05; done');
    await container.start();
    await logged(container, 'up');
    await container.stop();
    expect(await container.wait()).toMatchObject({ exitCode: 5 });
  });

  it('kills it where it does not in time, with all its processes', async () => {
    await using container = await makeContainer(
      'trap "" TERM; sleep 1000 & sleep 1000 & echo up; wait; wait',
    );
    await container.start();
    await logged(container, 'up');
    const { cgroups } = await container.inspect();
    const before = performance.now();
    await container.stop({ timeout: 100 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(99);
    expect(await container.wait()).toMatchObject({ signal: 'SIGKILL' });
    for (const cgroup of cgroups) expect(() => readFileSync(`${cgroup}/cgroup.procs`)).toThrow('ENOENT');
  });

  it('does as the container was made to', async () => {
    await using container = await makeContainer('trap "exit 6" USR1; echo up; while :; do sleep 0.05; done', {
      stopSignal: 'SIGUSR1',
    });
    await container.start();
    await logged(container, 'up');
    await container.stop();
    expect(await container.wait()).toMatchObject({ exitCode: 6 });

    await using stubborn = await makeContainer('sleep 1000', { stopTimeout: 0 });
    await stubborn.start();
    await stubborn.stop();
    expect(await stubborn.wait()).toMatchObject({ signal: 'SIGKILL' });
  });

  it('of one that does not run does nothing', async () => {
    await using container = await makeContainer('true');
    await container.stop();
    await container.start();
    await container.wait();
    await container.stop();
  });

  it('ends a paused one, that acts on the signal first', async () => {
    await using container = await makeContainer('trap "exit 9" TERM; echo up; while :; do sleep 0.05; done');
    await container.start();
    await logged(container, 'up');
    await container.pause();
    await container.stop();
    expect(await container.wait()).toMatchObject({ exitCode: 9 });
  });

  it('works on what run() runs', async () => {
    const run = box('sleep 1000');
    await run.started;
    const container = await Container.get(run.id);
    expect(await container.inspect()).toMatchObject({ ephemeral: true, state: 'running' });
    expect(await refusal(container.rename(newName()))).toMatchObject({ code: 'CONTAINER_EPHEMERAL' });
    await container.stop({ timeout: 50 });
    expect(await run).toMatchObject({ signal: 'SIGKILL' });
  });
});

describe('kill()', () => {
  it('sends any signal', async () => {
    await using container = await makeContainer(
      'trap "echo hup" HUP; trap "exit 0" USR2; echo up; while :; do sleep 0.02; done',
    );
    await container.start();
    await logged(container, 'up');
    await container.kill('SIGHUP');
    await logged(container, 'hup');
    await container.kill('SIGUSR2');
    expect(await container.wait()).toMatchObject({ exitCode: 0 });
    expect(await refusal(container.kill('SIGHUP'))).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
  });

  it('ends a paused one at once', async () => {
    await using container = await makeContainer('sleep 1000');
    await container.start();
    await container.pause();
    await container.kill();
    expect(await container.wait()).toMatchObject({ signal: 'SIGKILL' });
  });

  it('leaves a paused one to its signal until it goes on', async () => {
    await using container = await makeContainer('trap "exit 3" HUP; echo up; while :; do sleep 0.02; done');
    await container.start();
    await logged(container, 'up');
    await container.pause();
    await container.kill('SIGHUP');
    expect(await stateOf(container)).toBe('paused');
    await container.resume();
    expect(await container.wait()).toMatchObject({ exitCode: 3 });
  });
});

describe('pause()', () => {
  it('stops its processes until resume(), and both may be repeated', async () => {
    await using container = await makeContainer('while :; do echo x; sleep 0.01; done');
    await container.start();
    await logged(container, 'x');
    await container.pause();
    await container.pause();
    await sleep(scaled(50)); // what was in the pipe
    const before = await countLines(container);
    await sleep(scaled(100));
    expect(await countLines(container)).toBe(before);
    await container.resume();
    await container.resume();
    await expect.poll(() => countLines(container), { timeout: scaled(5000) }).toBeGreaterThan(before);
  });

  it('is refused where it does not run', async () => {
    await using container = await makeContainer('true');
    expect(await refusal(container.pause())).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
    expect(await refusal(container.resume())).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
  });

  it('is refused without cgroups', async () => {
    await using container = await makeContainer('sleep 1000', { cgroups: 'disabled' });
    await container.start();
    expect(await refusal(container.pause())).toMatchObject({ code: 'FREEZE_UNSUPPORTED' });
  });
});

describe('restart()', () => {
  it('stops it and starts it', async () => {
    await using container = await makeContainer('echo up; sleep 1000');
    await container.start();
    const { pid } = await container.inspect();
    await container.restart({ timeout: 0 });
    const after = await container.inspect();
    expect(after.state).toBe('running');
    expect(after.pid).not.toBe(pid);
  });
});
