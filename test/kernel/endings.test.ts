import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, RunError } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, refusal, until, watchLeftovers } from '../support/kernel.ts';
import { supervisorsOf } from '../support/leftovers.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

/** Says `ready` and goes on until it is ended. */
const waiting = (script: string, options: Parameters<typeof box>[1] = {}) =>
  box(`${script}; echo ready; while :; do sleep 0.02; done`, options);

/** Its handlers are in place. */
async function ready({ stdout }: Run): Promise<void> {
  await new Promise((resolve) => stdout?.once('data', resolve));
}

describe('the end of a container', () => {
  it('by itself has its exit code', { timeout: scaled(60_000) }, async () => {
    // Each takes a container, so a slow machine tries the special ones alone.
    const special = [0, 1, 2, 3, 126, 127, 128, 129, 137, 143, 254, 255];
    const codes = slowness > 1 ? special : Array.from({ length: 256 }, (_, code) => code);
    for (let n = 0; n < codes.length; n += 8) {
      const some = codes.slice(n, n + 8);
      const expected = { signal: undefined, reason: 'exit', timedOut: false, oomKilled: false };
      expect(await Promise.all(some.map((code) => box(`exit ${code}`)))).toMatchObject(
        some.map((exitCode) => ({ exitCode, ...expected })),
      );
    }
  });

  it('by a signal has its name', async () => {
    for (const name of ['SIGKILL', 'SIGSTOP'] as const) {
      const run = waiting('true');
      await ready(run);
      expect(run.kill(name)).toBe(true);
      if (name === 'SIGSTOP') run.kill('SIGKILL');
      expect(await run).toMatchObject({ exitCode: undefined, signal: 'SIGKILL', reason: 'signal' });
    }
    // Process 1 has no default actions for its own signals, but a fault in it is forced.
    const fault = await box(['perl', '-e', 'unpack "P4", pack "J", 8']);
    expect(fault).toMatchObject({ exitCode: undefined, signal: 'SIGSEGV', reason: 'signal' });
  });

  it('takes its other processes along', async () => {
    const run = waiting('sleep 1000 & (sleep 1000 & setsid sleep 1000) & true');
    await ready(run);
    run.kill('SIGKILL');
    await run; // the check for leftovers sees the rest
  });

  it('tells how long it ran', async () => {
    const { wallMs } = await box('sleep 0.3');
    expect(wallMs).toBeGreaterThan(295);
    expect(wallMs).toBeLessThan(300 + scaled(1000));
  });

  it('rejects with reject: true unless it is exit code 0', async () => {
    expect((await box('exit 0', { reject: true })).exitCode).toBe(0);
    const error = await refusal(box('echo out; exit 3', { reject: true }));
    expect(error).toBeInstanceOf(RunError);
    expect(error).toMatchObject({ code: 'RUN_FAILED', result: { exitCode: 3, stdout: 'out\n' } });
  });
});

describe('kill()', () => {
  it('reaches a handler', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) {
      const run = waiting(`trap 'echo ${signal}; exit 7' ${signal.slice(3)}`);
      await ready(run);
      expect(run.kill(signal)).toBe(true);
      expect(await run).toMatchObject({ stdout: `ready\n${signal}\n`, exitCode: 7, reason: 'exit' });
    }
  });

  it('takes a number, and is SIGTERM without one', async () => {
    const byNumber = waiting('trap "exit 7" USR2');
    await ready(byNumber);
    byNumber.kill(constants.signals.SIGUSR2);
    expect((await byNumber).exitCode).toBe(7);
    const byDefault = waiting('trap "exit 8" TERM');
    await ready(byDefault);
    byDefault.kill();
    expect((await byDefault).exitCode).toBe(8);
  });

  it('is ignored by a first process without a handler, but for SIGKILL', async () => {
    const run = waiting('true');
    await ready(run);
    run.kill('SIGTERM');
    await sleep(scaled(100));
    expect(run.kill('SIGKILL')).toBe(true);
    expect(await run).toMatchObject({ signal: 'SIGKILL' });
  });

  it('says that the container is gone', async () => {
    const run = box(['true']);
    await run;
    expect(run.kill()).toBe(false);
  });

  it('reaches a container right at its start', async () => {
    for (let n = 0; n < 10; n += 1) {
      const run = box(['sleep', '1000']);
      run.kill('SIGKILL');
      expect(await run.catch((error: Error) => error)).toBeTruthy();
      expect(supervisorsOf(run.id)).toEqual([]);
    }
  });
});

describe('a timeout', () => {
  it('ends a container that runs on, whatever it does with signals', async () => {
    const result = await box('trap "" TERM INT HUP; echo started; while :; do sleep 0.01; done', {
      timeout: scaled(300),
    });
    expect(result).toMatchObject({
      reason: 'timeout',
      timedOut: true,
      signal: 'SIGKILL',
      stdout: 'started\n',
    });
    expect(result.wallMs).toBeGreaterThan(scaled(300) - 20);
    expect(result.wallMs).toBeLessThan(scaled(2000));
  });

  it('does nothing to one that ends in time', async () => {
    expect(await box(['true'], { timeout: '1h' })).toMatchObject({ reason: 'exit', timedOut: false });
  });

  it('ends the container though Node.js is busy', async () => {
    const run = box(['sleep', '1000'], { timeout: scaled(200) });
    const pid = await run.started;
    const start = performance.now();
    while (existsSync(`/proc/${pid}/exe`) && performance.now() - start < scaled(3000)); // no turn of the event loop
    expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
    expect(await run).toMatchObject({ reason: 'timeout' });
  });
});

describe('an AbortSignal', () => {
  it('ends the container', async () => {
    const controller = new AbortController();
    const run = waiting('trap "" TERM', { signal: controller.signal });
    await ready(run);
    controller.abort();
    expect(await run).toMatchObject({ reason: 'aborted', signal: 'SIGKILL', stdout: 'ready\n' });
  });

  it('that is aborted already lets none start', async () => {
    const error = await refusal(box(['true'], { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ABORTED', operation: 'run a container' });
  });

  it('at any moment of the start ends it', async () => {
    for (let n = 0; n < 20; n += 1) {
      const controller = new AbortController();
      const run = box(['sleep', '1000'], { signal: controller.signal });
      setTimeout(() => controller.abort(), n / 4);
      expect(await run).toMatchObject({ reason: 'aborted' });
    }
  });
});

describe('await using', () => {
  it('ends the container', async () => {
    let id: string;
    {
      await using run = box(['sleep', '1000']);
      await run.started;
      id = run.id;
      await until(() => supervisorsOf(id).length === 1, 'its supervisor is there');
    }
    expect(supervisorsOf(id)).toEqual([]);
  });
});
