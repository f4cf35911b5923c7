import { afterEach, describe, expect, it } from 'vitest';
import { start, tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newName } from './support/suite.ts';
import { until } from './support/until.ts';

afterEach(async () => {
  const ids = (await tctl('ps', '-aq')).stdout.trim().split('\n').filter(Boolean);
  if (ids.length > 0) await tctl('rm', '-f', ...ids);
});

async function ended(script: string): Promise<string> {
  const name = newName();
  expect((await tctl('run', '-d', '--name', name, 'host', 'sh', '-c', script)).code).toBe(0);
  await tctl('wait', name);
  return name;
}

describe('tctl logs', () => {
  it('has both streams, each where it belongs', async () => {
    const name = await ended('echo out; echo err >&2; printf "no newline"');
    expect(await tctl('logs', name)).toEqual({
      code: 0,
      signal: null,
      stdout: 'out\nno newline',
      stderr: 'err\n',
    });
  });

  it('has the last lines only, with their times, and those since and until', async () => {
    const name = await ended('seq 1 100; sleep 1.2; echo late');
    expectOutput(await tctl('logs', '-n', '2', name), '100\nlate\n');
    expectOutput(await tctl('logs', '--tail=0', name), '');
    expect((await tctl('logs', '--tail', 'all', name)).stdout.split('\n')).toHaveLength(102);
    const { stdout } = await tctl('logs', '-t', '-n', '1', name);
    const [time = '', line] = stdout.trimEnd().split(' ');
    expect(line).toBe('late');
    expectOutput(await tctl('logs', '--since', time, name), 'late\n');
    const before = new Date(Date.parse(time) - 500).toISOString();
    expect((await tctl('logs', '--until', before, name)).stdout).not.toContain('late');
    expectOutput(await tctl('logs', '--since', '0s', name), '');
    expect((await tctl('logs', '--since', '1h', name)).stdout).toContain('\n100\nlate\n');
  });

  it('-f follows until the container ends', async () => {
    const name = newName();
    const script = 'echo first; while [ ! -e /go ]; do sleep 0.05; done; echo last; exit 3';
    await tctl('run', '-d', '--name', name, 'host', 'sh', '-c', script);
    const following = start(['logs', '-f', name]);
    await until(
      () => following.stdout() === 'first\n',
      () => following.stderr(),
    );
    await tctl('exec', name, 'touch', '/go');
    expectOutput(await following.ended, 'first\nlast\n');
  });

  it('-f ends with its reader', async () => {
    const name = newName();
    await tctl('run', '-d', '--name', name, 'host', 'sh', '-c', 'while :; do echo line; sleep 0.05; done');
    const following = start(['logs', '-f', name]);
    await until(
      () => following.stdout().includes('line\n'),
      () => following.stderr(),
    );
    following.process.kill('SIGINT');
    expect((await following.ended).signal).toBe('SIGINT');
    expect((await tctl('ps', '-q')).stdout).not.toBe('');
  });

  it('keeps the newest of what was written, as much as --log-size says', async () => {
    const name = newName();
    await tctl('run', '-d', '--name', name, '--log-size', '64k', 'host', 'seq', '1', '100000');
    await tctl('wait', name);
    const { stdout } = await tctl('logs', name);
    expect(stdout.length).toBeLessThan(64 * 1024);
    expect(stdout.endsWith('\n99999\n100000\n')).toBe(true);
  });

  it('says what is wrong', async () => {
    expectRefusal(await tctl('logs', 'nosuch'), /no such container/, /tctl ps -a/, 1);
    expectRefusal(await tctl('logs', '-n', 'x', 'nosuch'), /--tail takes a number of lines/, undefined);
    expectRefusal(await tctl('logs', '--since', 'x', 'nosuch'), /--since takes a time/, /10m/);
  });
});

describe('tctl events', () => {
  it('tells the life of a container, as it happens', async () => {
    const name = newName();
    const following = start(['events', '--json', '--filter', `container=${name}`]);
    const begun = start(['events', '--since', '1h']);
    await until(
      () => begun.stdout() !== '',
      () => 'events of before are told',
    );
    begun.process.kill('SIGTERM');
    await begun.ended;
    await tctl('run', '-d', '--name', name, 'host', 'sh', '-c', 'exit 3');
    await tctl('wait', name);
    await tctl('rm', name);
    await until(
      () => following.stdout().includes('"remove"'),
      () => following.stdout() + following.stderr(),
    );
    following.process.kill('SIGTERM');
    const events = (await following.ended).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { kind: 'create', name },
      { kind: 'start', name, pid: expect.any(Number) },
      { kind: 'exit', name, exitCode: 3 },
      { kind: 'remove', name },
    ]);

    const { stdout } = await tctl(
      'events',
      '--since',
      '1h',
      '--until',
      '0s',
      '-f',
      `container=${name}`,
      '-f',
      'event=exit',
    );
    expect(stdout).toMatch(new RegExp(`^\\S+Z exit [0-9a-f]{12} \\(name=${name}, exitCode=3\\)\\n$`));
  });
});
