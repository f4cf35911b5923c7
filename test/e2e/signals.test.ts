import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Started, start } from './support/command.ts';
import './support/suite.ts';
import { until } from './support/until.ts';

/** A shell that says when it is ready, and waits. A shell runs its traps between two commands: hence short ones. */
const waiting = (traps: string) => [
  'run',
  'host',
  'sh',
  '-c',
  `${traps}; echo ready; while :; do sleep 0.05; done`,
];

async function startReady(args: readonly string[]): Promise<Started> {
  const started = start(args);
  await until(
    () => started.stdout() === 'ready\n',
    () => `it is ready: ${started.stdout()}${started.stderr()}`,
  );
  return started;
}

describe('a signal that the user sends to tctl', () => {
  it.each([
    ['SIGINT', 'INT'],
    ['SIGTERM', 'TERM'],
    ['SIGHUP', 'HUP'],
    ['SIGQUIT', 'QUIT'],
    ['SIGUSR1', 'USR1'],
    ['SIGUSR2', 'USR2'],
    ['SIGWINCH', 'WINCH'],
  ] as const)('reaches the container, which ends as it likes: %s', async (signal, name) => {
    const started = await startReady(waiting(`trap 'echo caught ${name}; exit 42' ${name}`));
    started.process.kill(signal);
    expect(await started.ended).toEqual({
      code: 42,
      signal: null,
      stdout: `ready\ncaught ${name}\n`,
      stderr: '',
    });
  });

  it('reaches it again and again', async () => {
    const started = await startReady(
      waiting(`n=0; trap 'n=$((n + 1)); echo $n; [ $n -lt 5 ] || exit 7' USR1`),
    );
    for (let n = 1; n <= 5; n += 1) {
      started.process.kill('SIGUSR1');
      await until(
        () => started.stdout().endsWith(`${n}\n`),
        () => `signal ${n} came: ${started.stdout()}`,
      );
    }
    expect((await started.ended).code).toBe(7);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'kills with the third %s a container that ignores them',
    async (signal) => {
      const started = await startReady(waiting(`trap 'echo no' INT TERM`));
      for (const text of ['ready\nno\n', 'ready\nno\nno\n']) {
        started.process.kill(signal);
        await until(
          () => started.stdout() === text,
          () => `it was ignored: ${started.stdout()}`,
        );
      }
      started.process.kill(signal);
      const finished = await started.ended;
      expect(finished).toEqual({ code: 137, signal: null, stdout: 'ready\nno\nno\n', stderr: '' });
    },
  );

  it('counts SIGINT and SIGTERM together towards the third', async () => {
    const started = await startReady(waiting(`trap 'echo no' INT TERM`));
    started.process.kill('SIGINT');
    await until(
      () => started.stdout() === 'ready\nno\n',
      () => 'SIGINT came',
    );
    started.process.kill('SIGTERM');
    await until(
      () => started.stdout() === 'ready\nno\nno\n',
      () => 'SIGTERM came',
    );
    started.process.kill('SIGINT');
    expect((await started.ended).code).toBe(137);
  });

  it('of another kind does not count towards the third', async () => {
    const started = await startReady(waiting(`trap 'echo hup' HUP; trap 'exit 9' TERM`));
    for (let n = 1; n <= 4; n += 1) {
      started.process.kill('SIGHUP');
      const text = `ready\n${'hup\n'.repeat(n)}`;
      await until(
        () => started.stdout() === text,
        () => `signal ${n} came: ${started.stdout()}`,
      );
    }
    started.process.kill('SIGTERM');
    expect((await started.ended).code).toBe(9);
  });

  it('is ignored by a first process without a handler, as in any PID namespace', async () => {
    const started = await startReady(['run', 'host', 'sh', '-c', 'echo ready; exec sleep 0.7']);
    started.process.kill('SIGTERM');
    expect(await started.ended).toEqual({ code: 0, signal: null, stdout: 'ready\n', stderr: '' });
  });

  it('does not reach a container that has its own group, without tctl', async () => {
    // What a terminal does with Ctrl-C, it does to the whole foreground group: the container hears of it once.
    const started = start(waiting(`trap 'echo caught' INT; trap 'exit 3' TERM`), { detached: true });
    await until(
      () => started.stdout() === 'ready\n',
      () => 'it is ready',
    );
    process.kill(-(started.process.pid ?? 0), 'SIGINT');
    await until(
      () => started.stdout().includes('caught'),
      () => 'it was caught',
    );
    await sleep(150);
    started.process.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 3, stdout: 'ready\ncaught\n' });
  });
});
