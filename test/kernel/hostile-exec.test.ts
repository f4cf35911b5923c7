/** What is in a container does all that it can to a command that joins it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Container, type ContainerOptions, cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { box, makeContainer, newDirectory, newName, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

const rounds = slowness > 1 ? 10 : 60;

/** Acts on each pid of the container as soon as there is one. */
const onNewPids = (act: string) => `
  my $next = 2;
  $| = 1;
  while (1) {
    for my $pid ($next .. $next + 2) { ${act} }
    open(my $file, "<", "/proc/loadavg");
    my $last = (split / /, <$file>)[4];
    $next = $last if $last > $next;
  }`;

async function attacker(act: string, options = {}): Promise<Container> {
  const container = await makeContainer(['perl', '-e', onNewPids(act)], options);
  await container.start();
  return container;
}

const capabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL', 'CAP_DAC_OVERRIDE', 'CAP_SYS_PTRACE'] as const;

describe('a command that joins a hostile container', () => {
  it.for<[string, Partial<ContainerOptions>]>([
    ['', {}],
    [' with CAP_SYS_PTRACE', { capabilities }],
    [' with CAP_SYS_PTRACE in a user namespace', { capabilities, namespaces: { user: true } }],
  ])('shows it nothing of the host%s', async ([, options], context) => {
    requires(context, tool('perl'));
    if (options.namespaces?.user === true) requires(context, usualIdMap);
    const secret = join(newDirectory(), 'secret');
    writeFileSync(secret, 'of the host', { mode: 0o644 });
    const act = ['root', 'cwd', 'fd/3', 'fd/4', 'fd/5', 'fd/6', 'fd/7', 'fd/8']
      .map(
        (way) =>
          `print "stolen by ${way}\\n" if -e "/proc/$pid/${way}/../../../../../..${secret}" or -e "/proc/$pid/${way}${secret}";`,
      )
      .join(' ');
    await using container = await attacker(act, options);
    for (let times = 0; times < rounds; times += 1) expect((await container.exec(['true'])).exitCode).toBe(0);
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual([]);
  });

  it(
    'that stops it is given up when its timeout has passed',
    async (test) => {
      requires(test, tool('perl'));
      await using container = await attacker('kill "STOP", $pid;');
      for (let times = 0; times < 3; times += 1) {
        const result = await container.exec(['true'], { timeout: scaled(200) }).catch((error) => error.code);
        // What it was stopped after its start, the supervisor ends; and some get through.
        if (result !== 'START_TIMEOUT') expect(['timeout', 'exit']).toContain(result.reason);
      }
      const signal = AbortSignal.timeout(scaled(100));
      const aborted = await container.exec(['sleep', '1000'], { signal }).catch((error) => error.code);
      if (aborted !== 'ABORTED') expect(aborted.reason).toBe('aborted');
    },
    scaled(60_000),
  );
});

describe('output that others have open', () => {
  const hold = 'for (1, 2) { if (open(my $file, ">>", "/proc/$pid/fd/$_")) { push @kept, $file } }';
  const quick = scaled(4000);

  it(
    'is waited for no longer than the timeout, or an abort',
    async () => {
      await using container = await attacker(hold);
      const begun = performance.now();
      const result = await container.exec(['sh', '-c', 'echo hello; sleep 0.2'], { timeout: scaled(500) });
      expect(result).toMatchObject({ stdout: 'hello\n', exitCode: 0 });
      const signal = AbortSignal.timeout(scaled(200));
      expect(await container.exec(['sh', '-c', 'echo hello; sleep 99'], { signal })).toMatchObject({
        stdout: 'hello\n',
        reason: 'aborted',
      });
      const killed = container.exec(['sh', '-c', 'echo hello; sleep 99']);
      await new Promise((resolve) => killed.stdout?.once('data', resolve));
      killed.kill('SIGKILL');
      expect(await killed).toMatchObject({ stdout: 'hello\n', signal: 'SIGKILL' });
      expect(performance.now() - begun).toBeLessThan(3 * quick);
    },
    scaled(60_000),
  );

  it(
    'is read to its end all the same where it is much',
    async () => {
      await using container = await attacker(hold);
      const script = 'i=0; while [ $i -lt 200 ]; do printf %5000s x; i=$((i+1)); done; sleep 0.2';
      const { stdout } = await container.exec(['sh', '-c', script], {
        timeout: slowness > 1 ? 15_000 : 3000,
      });
      expect(stdout).toHaveLength(1_000_000);
    },
    scaled(60_000),
  );
});

it(
  'an exec whose supervisor was killed leaves a cgroup, which the next clean-up removes with the name',
  async () => {
    const name = newName();
    const run = box(['sleep', '1'], { name });
    await run.started;
    const container = await Container.get(name);
    const exec = container.exec(['sleep', '1000']);
    const pid = await exec.started;
    const [, supervisor] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    process.kill(Number(supervisor), 'SIGKILL');
    expect(await refusal(exec)).toMatchObject({ code: 'SUPERVISOR_DIED' });
    expect(await run).toMatchObject({ exitCode: 0 });
    await cleanUpAbandoned();
    expect(await box(['true'], { name })).toMatchObject({ exitCode: 0 });
  },
  scaled(60_000),
);
