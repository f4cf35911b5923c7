import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { parseOpenMetrics } from '../../packages/monitor/test/metrics/strict-parser.ts';
import { requires } from '../support/requires.ts';
import { type Started, start, tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { newName } from './support/suite.ts';
import { hostHas } from './support/tools.ts';
import { until } from './support/until.ts';

/** What goes on until it is told to end: also where a test fails before. */
const started: Started[] = [];

function startHere(...args: string[]): Started {
  const command = start(args);
  started.push(command);
  return command;
}

afterEach(async () => {
  for (const { process } of started.splice(0)) process.kill('SIGKILL');
  const ids = (await tctl('ps', '-aq')).stdout.trim().split('\n').filter(Boolean);
  if (ids.length > 0) await tctl('rm', '-f', ...ids);
});

const openMetrics = { accept: 'application/openmetrics-text; version=1.0.0' };

/** Whether it was sampled already. */
async function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  for (;;) {
    const response = await fetch(url, { headers });
    const text = await response.text();
    if (response.status !== 503) return text;
  }
}

async function serving(...options: string[]): Promise<{ url: string; server: Started }> {
  const server = startHere('metrics', '--listen', '127.0.0.1:0', '--interval', '200ms', ...options);
  await until(() => server.stdout().endsWith('/metrics\n'), server.stderr);
  return { url: server.stdout().trim(), server };
}

describe('tctl metrics', () => {
  it("serves what containers use, under cAdvisor's names, with names, images and labels", async () => {
    const name = newName();
    const options = ['--name', name, '-m', '64m', '--pids-limit', '9', '--label', 'my.team=a"b'];
    expect((await tctl('run', '-d', ...options, 'host', 'sh', '-c', 'while :; do :; done')).stderr).toBe('');
    const { url, server } = await serving();
    const found = async (family: string) => {
      const all = parseOpenMetrics(await get(url, openMetrics)).get(family)?.samples ?? [];
      return all.find(({ labels }) => labels['name'] === name);
    };
    // On a machine with very many cgroups the first frames may be without it.
    const sampleOf = async (family: string) => {
      let sample = await found(family);
      await until(
        async () => {
          sample ??= await found(family);
          return sample !== undefined;
        },
        () => `there is ${family} of ${name}`,
      );
      return sample;
    };
    const limit = await sampleOf('container_spec_memory_limit_bytes');
    expect(limit).toMatchObject({
      value: 64 << 20,
      labels: { image: 'host', container_label_my_team: 'a"b' },
    });
    expect(limit?.labels['id']).toMatch(/\/tctl-[0-9a-f]{12}$/);
    expect((await sampleOf('container_threads_max'))?.value).toBe(9);
    const first = (await sampleOf('container_cpu_usage_seconds'))?.value ?? Number.NaN;
    let later = first;
    while (later === first) later = (await sampleOf('container_cpu_usage_seconds'))?.value ?? Number.NaN;
    expect(later).toBeGreaterThan(first);
    server.process.kill('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('serves what promtool can read', async (context) => {
    requires(context, hostHas('promtool'));
    await tctl('run', '-d', '--name', newName(), 'host', 'sleep', '1000');
    const { url, server } = await serving();
    const input = await get(url);
    server.process.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    // Exit code 3: a remark about a name, which is cAdvisor's.
    const remarks = (() => {
      try {
        return execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: 'pipe' });
      } catch (error) {
        const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
        expect(status).toBe(3);
        return stdout + stderr;
      }
    })();
    expect(
      remarks
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('container_memory_failcnt ')),
    ).toEqual(remarks === '' ? [''] : []);
  });

  it('serves this machine alone, unless it is told otherwise', async () => {
    expectRefusal(await tctl('metrics', '--listen', '0.0.0.0:0'), /others could connect/, /no password/, 1);
    expectRefusal(await tctl('metrics', '--listen', 'x'), /not an address/, /127\.0\.0\.1:9099/, 1);
    const { url, server } = await serving();
    expectRefusal(await tctl('metrics', '--listen', new URL(url).host), /EADDRINUSE/, /ss -ltnp/, 1);
    server.process.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });
});
