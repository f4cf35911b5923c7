import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { controller, requires } from '../support/requires.ts';
import { start, tctl, tctlWithInput } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';
import { until } from './support/until.ts';

afterEach(async () => {
  const ids = (await tctl('ps', '-aq')).stdout.trim().split('\n').filter(Boolean);
  if (ids.length > 0) await tctl('rm', '-f', ...ids);
});

interface Info {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exit?: { readonly exitCode?: number; readonly signal?: string };
}

const list = async (...args: string[]): Promise<Info[]> =>
  JSON.parse((await tctl('ps', '--json', ...args)).stdout);

async function inspect(name: string): Promise<Info> {
  const [info] = JSON.parse((await tctl('inspect', name)).stdout);
  return info;
}

async function detached(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await tctl('run', '-d', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[0-9a-f]{12}\n$/);
  return stdout.trim();
}

describe('a container that runs by itself', () => {
  it('is there after tctl, and until tctl rm', async () => {
    const name = newName();
    const id = await detached(
      '--name',
      name,
      'host',
      'sh',
      '-c',
      'trap "exit 3" TERM; while :; do sleep 0.05; done',
    );
    expect(await list()).toMatchObject([{ id, name, state: 'running' }]);
    expect((await tctl('ps')).stdout).toMatch(
      new RegExp(
        `^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +NAMES\\n${id} +host +"sh -c .*…" +.* ago +Up .* +${name}\\n$`,
      ),
    );
    expectOutput(await tctl('ps', '-q'), `${id}\n`);

    expectOutput(await tctl('stop', name), `${name}\n`);
    expectOutput(await tctl('ps', '-q'), '');
    expect((await tctl('ps', '-a')).stdout).toMatch(/Exited \(3\) .* ago/);

    expectOutput(await tctl('start', id.slice(0, 6)), `${id.slice(0, 6)}\n`);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
    expectRefusal(await tctl('rm', name), /it runs/, /Stop it first/, 1);
    expectOutput(await tctl('rm', '-f', name), `${name}\n`);
    expect(await list('-a')).toEqual([]);
  });

  it('goes when it ends with --rm', async () => {
    const name = newName();
    await detached('--rm', '--name', name, 'host', 'sleep', '0.2');
    await eventually(async () => (await list('-a')).length === 0);
  });

  it('is not there where the command is not', async () => {
    const name = newName();
    expectRefusal(await tctl('run', '-d', '--name', name, 'host', 'nosuch'), /ENOENT/, /./, 127);
    expect(await list('-a')).toEqual([]);
  });

  it('keeps what it wrote from start to start', async () => {
    const name = newName();
    await detached('--name', name, 'host', 'sh', '-c', 'echo x >>/count; wc -l </count');
    expectOutput(await tctl('wait', name), '0\n');
    expectOutput(await tctl('start', '-a', name), '2\n');
    expectOutput(await tctl('start', '-a', name), '3\n');
  });

  it('can be created first, and started later', async () => {
    const name = newName();
    const { stdout } = await tctl(
      'create',
      '--name',
      name,
      '-l',
      'a=b',
      '-l',
      'c',
      'host',
      'sh',
      '-c',
      'exit 5',
    );
    expect(await inspect(stdout.trim())).toMatchObject({ name, state: 'created', labels: { a: 'b', c: '' } });
    expect((await tctl('ps', '-a')).stdout).toMatch(/ Created +/);
    const waiting = start(['wait', name]);
    expectOutput(await tctl('start', name), `${name}\n`);
    expectOutput(await waiting.ended, '5\n');
  });

  it('is paused, and goes on', async () => {
    const name = newName();
    await detached('--name', name, 'host', 'sleep', '1011');
    expectOutput(await tctl('pause', name), `${name}\n`);
    expect((await tctl('ps')).stdout).toMatch(/Up .* \(Paused\)/);
    expect(await list('--filter', 'status=paused')).toMatchObject([{ name }]);
    expectOutput(await tctl('unpause', name), `${name}\n`);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
  });

  it('gets signals, by name and number', async () => {
    const name = newName();
    const script = 'trap "echo usr1" USR1; trap "exit 8" HUP; echo up; while :; do sleep 0.05; done';
    await detached('--name', name, 'host', 'sh', '-c', script);
    await eventually(async () => (await tctl('logs', name)).stdout === 'up\n');
    expectOutput(await tctl('kill', '-s', 'usr1', name), `${name}\n`);
    await eventually(async () => (await tctl('logs', name)).stdout === 'up\nusr1\n');
    await tctl('kill', '--signal=1', name);
    expectOutput(await tctl('wait', name), '8\n');
    expectRefusal(await tctl('kill', name), /does not run/, /./, 1);
    expectRefusal(await tctl('kill', '-s', 'nosuch', name), /takes a signal, not "nosuch"/, /kill -l/);
  });

  it('is stopped as it was asked to be', async () => {
    const name = newName();
    const script = 'trap "exit 6" USR2; echo up; while :; do sleep 0.05; done';
    await detached('--name', name, '--stop-signal', 'USR2', 'host', 'sh', '-c', script);
    await eventually(async () => (await tctl('logs', name)).stdout === 'up\n');
    await tctl('stop', name);
    expect((await inspect(name)).exit).toMatchObject({ exitCode: 6 });
    await tctl('restart', '-t', '0', name);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
    await tctl('stop', '-t', '0', name);
    expect((await inspect(name)).exit).toMatchObject({ signal: 'SIGKILL' });
  });

  it('gets another name, and other limits', async (context) => {
    requires(context, controller('pids'));
    const [name, other] = [newName(), newName()];
    const id = await detached('--name', name, '--pids', '20', 'host', 'sleep', '1012');
    expectOutput(await tctl('rename', name, other), '');
    expect(await inspect(other)).toMatchObject({ id });
    expectRefusal(await tctl('inspect-it', name), /not a command/, /Did you mean inspect/);
    expectOutput(await tctl('update', '--pids', '5', other), `${other}\n`);
    expect(await inspect(other)).toMatchObject({ limits: { pids: 5 } });
    expectOutput(await tctl('update', '--pids-limit', 'max', other), `${other}\n`);
    expect((await inspect(other)) as object).toMatchObject({ limits: {} });
    expectRefusal(await tctl('update', other), /nothing to change/, /--help/);
    expectRefusal(await tctl('update', '--cpus', 'x', other), /takes a number/, undefined);
  });

  it('writes its id where --cidfile says, and into no file that is there', async () => {
    const file = join(newDirectory(), 'id');
    const id = await detached('--cidfile', file, 'host', 'true');
    expect(readFileSync(file, 'utf8')).toBe(id);
    expectRefusal(await tctl('run', '--cidfile', file, 'host', 'true'), /is there already/, /./);
    expect((await tctl('run', '--cidfile', `${file}2`, 'host', 'true')).code).toBe(0);
    expect(existsSync(`${file}2`)).toBe(true);
  });

  it('has a stdin with -i, for those who attach', async () => {
    const name = newName();
    await detached('-i', '--name', name, 'host', 'head', '-n', '1');
    expect(await tctlWithInput('one\ntwo\n', 'attach', name)).toMatchObject({ code: 0, stdout: 'one\n' });
  });
});

describe('several at once', () => {
  it('are stopped, started and removed together, and one that fails stops none of the others', async () => {
    const names = [newName(), newName(), newName()];
    for (const name of names) await detached('--name', name, 'host', 'sleep', '1013');
    const { code, stdout, stderr } = await tctl(
      'stop',
      '-t',
      '0',
      names[0] ?? '',
      'nosuch',
      ...names.slice(1),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${names.join('\n')}\n` });
    expect(stderr).toMatch(
      /^tctl: find the container nosuch: there is no such container \(CONTAINER_NOT_FOUND\)\n {2}hint: .*\n$/,
    );
    expectOutput(await tctl('start', ...names), `${names.join('\n')}\n`);
    expectOutput(await tctl('kill', ...names), `${names.join('\n')}\n`);
    expectOutput(await tctl('wait', ...names), '137\n137\n137\n');
    expectOutput(await tctl('rm', ...names), `${names.join('\n')}\n`);
    expectOutput(await tctl('rm', '-f', 'nosuch'), '');
  });

  it('are found by what they are called, their state and their labels', async () => {
    const [a, b] = [`${newName()}-web`, `${newName()}-db`];
    await detached('--name', a, '-l', 'tier=front', 'host', 'sleep', '1014');
    await detached('--name', b, '-l', 'tier=back', 'host', 'true');
    await tctl('wait', b);
    const found = async (...args: string[]) => (await list(...args)).map(({ name }) => name);
    expect(await found()).toEqual([a]);
    expect(await found('-a')).toEqual([b, a]);
    expect(await found('-a', '-f', 'name=web')).toEqual([a]);
    expect(await found('-f', 'status=exited')).toEqual([b]);
    expect(await found('-a', '-f', 'label=tier')).toEqual([b, a]);
    expect(await found('-a', '-f', 'label=tier=back')).toEqual([b]);
    expectRefusal(await tctl('ps', '-f', 'colour=red'), /knows no "colour"/, /name, id, status, label/);
    expectRefusal(
      await tctl('ps', '-f', 'status=stopped'),
      /can’t be "stopped"/,
      /created, running, paused, exited/,
    );
    expectRefusal(await tctl('ps', '-f', 'since=nosuch'), /no container "nosuch"/, /tctl ps -a/);
    const pruned = (await tctl('prune')).stdout;
    expect(pruned).toMatch(/^[0-9a-f]{12}\n$/);
    expect(await found('-a')).toEqual([a]);
  });
});

describe('tctl run --restart', () => {
  it('starts it again as long as its policy says, and shows all of it', async () => {
    const script =
      'n=$(($(cat /n 2>/dev/null) + 1)); echo $n >/n; echo "run $n"; echo "err $n" >&2; exit $((n < 3))';
    expect(await tctl('run', '--restart', 'on-failure:5', 'host', 'sh', '-c', script)).toEqual({
      code: 0,
      signal: null,
      stdout: 'run 1\nrun 2\nrun 3\n',
      stderr: 'err 1\nerr 2\nerr 3\n',
    });
    expect(await list('-a')).toEqual([]);
  });

  it('gives up after so many times, with the last exit code', async () => {
    const finished = await tctl('run', '--restart', 'on-failure:2', 'host', 'sh', '-c', 'echo again; exit 7');
    expect(finished).toMatchObject({ code: 7, stdout: 'again\nagain\nagain\n' });
  });

  it('ends with tctl', async () => {
    const started = start(['run', '--restart', 'always', 'host', 'sh', '-c', 'echo again']);
    await until(
      () => started.stdout().includes('again\nagain\n'),
      () => started.stderr(),
    );
    started.process.kill('SIGINT');
    await started.ended;
    expect(await list('-a')).toEqual([]);
  });

  it('is not for -d, and hears why', async () => {
    const args = ['--restart', 'always', 'host', 'true'];
    expectRefusal(await tctl('run', '-d', ...args), /needs an owner that lives/, /foreground.*systemd/);
    expectRefusal(
      await tctl('run', '--restart', 'sometimes', 'host', 'true'),
      /"sometimes" is no policy/,
      /on-failure/,
    );
  });
});

describe('options of those that stay', () => {
  it.each(['--label=a', '--stop-signal=TERM', '--stop-timeout=1', '--log-size=1m'])(
    'are not for others: %s',
    async (option) => {
      expectRefusal(await tctl('run', option, 'host', 'true'), /is for a container that stays/, /Add -d/);
    },
  );
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen');
}
