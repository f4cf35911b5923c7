/** What `tc-runtime events` prints, from the cgroups of every layout. */
import { followEvents, type OciEvent, statsEvent } from '@tc/core/oci';
import { readCgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { bundleContainer, store } from '../support/bundles.ts';
import { refusal, watchLeftovers } from '../support/kernel.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const isV2 = readCgroupHost().mode === 'v2';

describe('the events of an OCI container', () => {
  it('tell what it uses and may use, in runc’s words', async () => {
    await using container = await bundleContainer(
      'i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); done; exec sleep 600',
      (config) => {
        config.linux['resources'] = {
          memory: { limit: 64 * 2 ** 20 },
          pids: { limit: 20 },
          cpu: { quota: 50_000, period: 100_000 },
        };
      },
    );
    await container.start();
    await expect
      .poll(async () => (await container.exec(['cat', '/proc/1/comm'])).stdout, { timeout: scaled(10_000) })
      .toBe('sleep\n');
    const event = statsEvent(store, container.id);
    if (event.type !== 'stats') expect.unreachable();
    const { cpu, memory, pids } = event.data;
    expect(event.id).toBe(container.id);
    expect(memory.usage.limit).toBe(64n * 2n ** 20n);
    expect(memory.usage.usage).toBeGreaterThan(0n);
    expect(memory.usage.usage).toBeLessThan(memory.usage.limit);
    expect(memory.raw[isV2 ? 'anon' : 'rss']).toBeTypeOf('bigint');
    expect(pids).toEqual({ current: 1n, limit: 20n });
    expect(cpu.usage.total).toBeGreaterThan(1_000_000n); // nanoseconds
    expect(cpu.usage.total).toBeLessThan(600_000_000_000n);
    expect(cpu.throttling.periods).toBeTypeOf('bigint');
  });

  it('come at an interval, tell of an OOM, and end with the container', async () => {
    await using container = await bundleContainer(
      'read go; dd if=/dev/zero of=/dev/null bs=200M count=1; exit 5',
      (config) => {
        config.linux['resources'] = { memory: { limit: 32 * 2 ** 20, swap: 32 * 2 ** 20 } };
      },
      { stdin: 'pipe', stderr: 'ignore' },
    );
    await container.start();
    const events: OciEvent[] = [];
    const followed = followEvents(store, container.id, 20, (event) => events.push(event));
    await expect
      .poll(() => events.filter(({ type }) => type === 'stats').length, { timeout: scaled(10_000) })
      .toBeGreaterThan(1);
    expect(events.some(({ type }) => type === 'oom')).toBe(false);
    container.stdin?.write('go\n');
    await container.wait();
    await followed;
    expect(events).toContainEqual({ type: 'oom', id: container.id });
  });

  it('can’t be had of what has ended, or is not there', async () => {
    await using container = await bundleContainer('true');
    await container.start();
    await container.wait();
    expect(() => statsEvent(store, container.id)).toThrow(/is not running/);
    const none = followEvents(store, 'nobody', 1000, () => {});
    expect(await refusal(none)).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });
});
