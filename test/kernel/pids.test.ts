import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { box, cgroupFile, output, until, watchLeftovers } from '../support/kernel.ts';
import { controller, requires, tool } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

describe('a limit of processes', () => {
  it('holds a fork bomb, while the host goes on', async (context) => {
    requires(context, controller('pids'), tool('perl'));
    const bomb = box(['perl', '-e', 'fork while 1'], { limits: { pids: 20, cpus: 0.5 } });
    await bomb.started;
    const current = () => Number(cgroupFile(bomb.id, 'pids.current'));
    await until(() => current() === 20, 'the bomb fills its container');
    const samples: number[] = [];
    const deadline = performance.now() + scaled(500);
    while (performance.now() < deadline) {
      samples.push(current());
      await sleep(5);
    }
    expect(samples.length).toBeGreaterThan(10);
    expect(new Set(samples)).toEqual(new Set([20]));
    expect(await output('echo the host goes on')).toBe('the host goes on\n');
    bomb.kill('SIGKILL');
    const result = await bomb;
    expect(result).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
    expect(result.pidsLimitHits).toBeGreaterThan(0);
  });

  it('is not hit by a container that stays below it', async (context) => {
    requires(context, controller('pids'));
    const { exitCode, pidsLimitHits } = await box('sleep 0.1 & sleep 0.1 & wait', { limits: { pids: 3 } });
    expect({ exitCode, pidsLimitHits }).toEqual({ exitCode: 0, pidsLimitHits: 0 });
  });

  it('makes the fork fail that goes beyond it', async (context) => {
    requires(context, controller('pids'));
    const { exitCode, pidsLimitHits, stderr } = await box('sleep 1 & sleep 1 & wait', {
      limits: { pids: 2 },
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/fork/);
    expect(pidsLimitHits).toBeGreaterThan(0);
  });

  it('of one lets a command run that starts no other', async (context) => {
    requires(context, controller('pids'));
    expect((await box(['true'], { limits: { pids: 1 } })).exitCode).toBe(0);
  });
});
