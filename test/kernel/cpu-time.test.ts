import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { box, refusal, watchLeftovers } from '../support/kernel.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const spin = 'while :; do :; done';
/** Milliseconds; so that a tick more or less does not matter. */
const limitMs = scaled(300);
/** Between two looks each CPU can use at most what was left at the first, or the 10 ms of the shortest wait. */
const slackMs = 40 + scaled(100);

describe('a limit of CPU time', () => {
  it('ends a container that uses more, and the result says so', async () => {
    const { reason, signal, timedOut, cpuUsec, wallMs } = await box(spin, { cpuTime: limitMs });
    expect({ reason, signal, timedOut }).toEqual({ reason: 'cpu', signal: 'SIGKILL', timedOut: false });
    expect(cpuUsec / 1000).toBeGreaterThanOrEqual(limitMs);
    expect(cpuUsec / 1000).toBeLessThan(limitMs + slackMs);
    expect(wallMs).toBeGreaterThan(limitMs - slackMs); // one process uses one CPU
  });

  it('is of all processes together', async () => {
    const processes = 3;
    const script = `${Array(processes).fill(`(${spin}) &`).join(' ')} wait`;
    const { reason, cpuUsec } = await box(script, { cpuTime: limitMs });
    expect(reason).toBe('cpu');
    expect(cpuUsec / 1000).toBeGreaterThanOrEqual(limitMs);
    expect(cpuUsec / 1000).toBeLessThan(limitMs + slackMs * Math.min(processes, availableParallelism()));
  });

  it('counts those that have ended, and that nobody waited for', async () => {
    const burst = 'n=0; while test $n -lt 20000; do n=$((n + 1)); done';
    const { reason, cpuUsec } = await box(`while :; do (${burst}) & wait; done`, { cpuTime: limitMs });
    expect(reason).toBe('cpu');
    expect(cpuUsec / 1000).toBeLessThan(limitMs + slackMs * 2);
  });

  it('is not passed by sleep', async () => {
    const { reason, exitCode, wallMs } = await box('sleep 0.5; exit 3', {
      cpuTime: limitMs,
      timeout: scaled(10_000),
    });
    expect({ reason, exitCode }).toEqual({ reason: 'exit', exitCode: 3 });
    expect(wallMs).toBeGreaterThan(490);
  });

  it('lets a timeout end what sleeps', async () => {
    const run = await box(['sleep', '1000'], { cpuTime: '10s', timeout: scaled(200) });
    expect(run).toMatchObject({ reason: 'timeout', timedOut: true });
  });

  it('may be longer than a look ahead: it still ends in time', { timeout: scaled(60_000) }, async () => {
    const long = Math.min(scaled(1500), 6000);
    const { reason, cpuUsec } = await box(spin, { cpuTime: long, timeout: scaled(20_000) });
    expect(reason).toBe('cpu');
    expect(cpuUsec / 1000).toBeGreaterThanOrEqual(long);
    expect(cpuUsec / 1000).toBeLessThan(long + slackMs);
  });

  it('holds for less than one CPU', async () => {
    const { reason, cpuUsec } = await box(spin, { cpuTime: limitMs, limits: { cpus: 0.5 } });
    expect(reason).toBe('cpu');
    expect(cpuUsec / 1000).toBeLessThan(limitMs + slackMs);
  });

  it('holds with init, and with a terminal', async () => {
    expect(await box(spin, { cpuTime: limitMs, init: true })).toMatchObject({ reason: 'cpu' });
    expect(await box(spin, { cpuTime: limitMs, tty: true })).toMatchObject({ reason: 'cpu' });
  });

  it('needs cgroups', async () => {
    expect(await refusal(box(spin, { cpuTime: limitMs, cgroups: 'disabled' }))).toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});
