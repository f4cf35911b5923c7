import { describe, expect, it } from 'vitest';
import { box, cgroupFile, output, watchLeftovers } from '../support/kernel.ts';
import { cgroupMode, controller, requires, swapAccounting } from '../support/requires.ts';
import { slowness } from '../support/scale.ts';

watchLeftovers();

const MiB = 2 ** 20;
/** dd fills a buffer of this size before it writes it away. */
const take = (size: string) => ['dd', 'if=/dev/zero', 'of=/dev/null', `bs=${size}`, 'count=1'];

describe('a memory limit', () => {
  it('kills a command that takes more, and the result says so', async (context) => {
    requires(context, controller('memory'));
    const result = await box(take('128M'), { limits: { memory: '64m' } });
    expect(result).toMatchObject({ reason: 'oom', oomKilled: true, signal: 'SIGKILL', exitCode: undefined });
    expect(result.timedOut).toBe(false);
    expect(result.maxMemoryBytes).toBeGreaterThan(60 * MiB);
    expect(result.maxMemoryBytes).toBeLessThanOrEqual(64 * MiB);
  });

  it('leaves a command alone that takes less', async (context) => {
    requires(context, controller('memory'));
    const result = await box(take('40M'), { limits: { memory: '64m' } });
    expect(result).toMatchObject({ reason: 'exit', oomKilled: false, exitCode: 0 });
    expect(result.maxMemoryBytes).toBeGreaterThan(40 * MiB);
    expect(result.maxMemoryBytes).toBeLessThan(60 * MiB);
  });

  it('holds for all processes of the container together', async (context) => {
    requires(context, controller('memory'));
    // Each tail keeps what it has read until its input ends.
    const hog = `(head -c 24M /dev/zero; sleep ${slowness > 1 ? 5 : 1}) | tail -c 24M >/dev/null`;
    const script = `for i in 1 2 3 4; do ${hog} & done; wait`;
    const result = await box(`${script}; exit 7`, { limits: { memory: '64m' } });
    expect(result).toMatchObject({ oomKilled: true, exitCode: 7, reason: 'oom' });
  });

  it('is not the reason where the first process copes with the loss of another', async (context) => {
    requires(context, controller('memory'));
    const result = await box(`${take('128M').join(' ')}; echo $?`, { limits: { memory: '64m' } });
    expect(result).toMatchObject({ oomKilled: true, exitCode: 0, reason: 'exit' });
    expect(result.stdout).toContain('137\n');
  });

  it('can’t be passed with swap', async (context) => {
    requires(context, controller('memory'), swapAccounting);
    await using run = box(['sleep', '1000'], { limits: { memory: '64m' } });
    await run.started;
    const [file, value] =
      cgroupMode === 'v2' ? ['memory.swap.max', 0] : ['memory.memsw.limit_in_bytes', 64 * MiB];
    expect(cgroupFile(run.id, file)).toBe(`${value}`);
  });

  it.each(['/big', '/tmp/big', '/dev/shm/big', '/root/big'])('counts what is written to %s', async (path) => {
    const script = `dd if=/dev/zero of=${path} bs=1M count=100`;
    const result = await box(`${script} || exit 3`, { limits: { memory: '32m' } });
    expect(result).toMatchObject({ oomKilled: true, reason: 'oom', exitCode: 3 });
    expect(await output(`${script} 2>&1 | tail -n 1`, { limits: { memory: '256m' } })).toMatch(
      /^104857600 bytes/,
    );
  });

  it('counts the memory of a container without one, too', async (context) => {
    requires(context, controller('memory'));
    const { maxMemoryBytes } = await box(take('40M'));
    expect(maxMemoryBytes).toBeGreaterThan(40 * MiB);
    expect(maxMemoryBytes).toBeLessThan(60 * MiB);
  });
});

describe('without cgroups', () => {
  it('a container runs and its memory is that of its largest process', async () => {
    const result = await box(take('40M'), { cgroups: 'disabled' });
    expect(result).toMatchObject({ reason: 'exit', exitCode: 0, pidsLimitHits: undefined, oomKilled: false });
    expect(result.maxMemoryBytes).toBeGreaterThan(40 * MiB);
    expect(result.maxMemoryBytes).toBeLessThan(60 * MiB);
    expect(result.cpuUsec).toBeGreaterThan(0);
  });
});
