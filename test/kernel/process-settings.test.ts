import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, output, refusal, watchLeftovers } from '../support/kernel.ts';

watchLeftovers();

const limits = 'ulimit -Sn; ulimit -Hn; ulimit -c';

describe('limits of processes', () => {
  it('are on the command and on those that join it', async () => {
    const rlimits = { nofile: { soft: 100, hard: 200 }, core: 0 };
    expect(await output(limits, { rlimits })).toBe('100\n200\n0\n');
    await using container = await makeContainer('sleep 1000', { rlimits, init: true });
    await container.start();
    expect((await container.exec(['sh', '-c', limits])).stdout).toBe('100\n200\n0\n');
  });

  it('can’t be raised inside', async () => {
    const { exitCode } = await box('ulimit -n 300', { rlimits: { nofile: { soft: 100, hard: 200 } } });
    expect(exitCode).not.toBe(0);
  });

  it('are those of the caller where nothing is said', async () => {
    const own = /^Max open files +(\d+) +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    expect(await output('ulimit -Hn')).toBe(`${own?.[2]}\n`);
  });
});

describe('the OOM killer’s preference', () => {
  it('is on the command and on those that join it, and not on their supervisor', async () => {
    await using container = await makeContainer('sleep 1000', { oomScoreAdj: 321 });
    await container.start();
    const { pid } = await container.inspect();
    expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('321\n');
    const parent = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    expect(readFileSync(`/proc/${parent}/oom_score_adj`, 'utf8')).not.toBe('321\n');
    expect((await container.exec(['cat', '/proc/self/oom_score_adj'])).stdout).toBe('321\n');
  });
});

describe('kernel settings', () => {
  it('are set in the container’s namespaces, which nobody inside changes, and not outside', async () => {
    const before = readFileSync('/proc/sys/kernel/shmmax', 'utf8');
    const sysctls = { 'kernel.shmmax': '65536', 'net.ipv4.ip_unprivileged_port_start': '80' };
    const script = 'cat /proc/sys/kernel/shmmax /proc/sys/net/ipv4/ip_unprivileged_port_start';
    expect(await output(script, { sysctls })).toBe('65536\n80\n');
    expect(await output(script, { sysctls, namespaces: { user: 'self' } })).toBe('65536\n80\n');
    expect((await box('echo 1 > /proc/sys/kernel/shmmax', { sysctls })).exitCode).not.toBe(0);
    expect(readFileSync('/proc/sys/kernel/shmmax', 'utf8')).toBe(before);
  });

  it('that the kernel does not know or take fail with their name', async () => {
    const unknown = await refusal(box('true', { sysctls: { 'net.ipv4.no_such': '1' } }));
    expect(unknown).toMatchObject({
      code: 'SYSCTL_REFUSED',
      message: expect.stringContaining('net.ipv4.no_such'),
    });
    const senseless = await refusal(box('true', { sysctls: { 'kernel.shmmni': 'many' } }));
    expect(senseless).toMatchObject({ code: 'SYSCTL_REFUSED' });
  });
});
