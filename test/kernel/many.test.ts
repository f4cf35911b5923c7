import { describe, expect, it } from 'vitest';
import { box, newTraces, watchLeftovers } from '../support/kernel.ts';

watchLeftovers();

/** KERNEL_SUITE_RUNS overrides it. */
const runs = Number(process.env['KERNEL_SUITE_RUNS'] ?? 200);
const atOnce = 50;
const limits = { memory: '64m', pids: 20, cpus: 2 };

describe('many containers', () => {
  it('one after another leave nothing behind', async () => {
    const start = performance.now();
    for (let n = 0; n < runs; n += 1) {
      const result = await box(['echo', `${n}`], { limits });
      expect(result).toMatchObject({ exitCode: 0, stdout: `${n}\n`, stderr: '' });
    }
    const each = (performance.now() - start) / runs;
    console.log(`${runs} containers one after another, ${each.toFixed(1)} ms each`);
    expect(await newTraces()).toEqual([]);
  });

  it('at once don’t disturb each other, and leave nothing behind', async () => {
    const start = performance.now();
    const results = await Promise.all(
      Array.from({ length: atOnce }, (_, n) =>
        box(`echo ${n} > /file; sleep 0.2; cat /file; exit ${n}`, { limits }),
      ),
    );
    console.log(`${atOnce} containers at once: ${(performance.now() - start).toFixed(0)} ms`);
    expect(results.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(
      Array.from({ length: atOnce }, (_, n) => [`${n}\n`, n]),
    );
    expect(await newTraces()).toEqual([]);
  });

  it('of which every second fails to start leave nothing behind', async () => {
    const commands = Array.from({ length: Math.ceil(runs / 5) }, (_, n) =>
      n % 2 === 0 ? 'true' : 'no-such-command',
    );
    const ends = await Promise.allSettled(commands.map((command) => box([command], { limits })));
    expect(ends.map(({ status }) => status)).toEqual(
      commands.map((name) => (name === 'true' ? 'fulfilled' : 'rejected')),
    );
    expect(await newTraces()).toEqual([]);
  });
});
