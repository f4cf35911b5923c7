import { describe, expect, it } from 'vitest';
import { box, watchLeftovers } from '../support/kernel.ts';
import { controller, requires } from '../support/requires.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

const wallMs = slowness > 1 ? 4000 : 1000;

/** The part of one CPU that a busy loop got. */
async function share(cpus: number | undefined): Promise<number> {
  const options = { limits: { cpus }, timeout: wallMs };
  const result = await box('while :; do :; done', options);
  expect(result).toMatchObject({ reason: 'timeout', timedOut: true });
  return result.cpuUsec / 1000 / result.wallMs;
}

describe('a limit of CPU time', () => {
  it('of half a CPU halves what a busy loop gets', async (context) => {
    requires(context, controller('cpu'), controller('cpuacct', 'cpu'));
    // Others may need the CPUs too: then both shares are low, and that says nothing.
    for (let attempt = 1; ; attempt += 1) {
      const [unlimited, half] = [await share(undefined), await share(0.5)];
      expect(half).toBeLessThan(0.65);
      console.log(`of one CPU, unlimited: ${unlimited.toFixed(2)}, limited to half: ${half.toFixed(2)}`);
      if (unlimited < 0.8 && attempt < 4) continue;
      if (unlimited < 0.8) context.skip('others need the CPUs: even a busy loop without a limit gets little');
      if (half < 0.35 && attempt < 4) continue;
      expect(half).toBeGreaterThan(0.35);
      break;
    }
  });

  it('holds for all processes of the container together', async (context) => {
    requires(context, controller('cpu'), controller('cpuacct', 'cpu'));
    const script = 'for i in 1 2 3; do (while :; do :; done) & done; wait';
    const result = await box(script, { limits: { cpus: 0.3 }, timeout: wallMs });
    expect(result.reason).toBe('timeout');
    expect(result.cpuUsec / 1000 / result.wallMs).toBeLessThan(0.45);
  });
});

describe('the CPU time of a result', () => {
  it('is that of all processes, and little where the container sleeps', async () => {
    const { cpuUsec } = await box('sleep 0.3');
    expect(cpuUsec).toBeGreaterThan(0);
    expect(cpuUsec).toBeLessThan(scaled(200_000));
  });
});
