import { afterEach, describe, expect, it } from 'vitest';
import { requires, tool } from '../support/requires.ts';
import { type Started, shell, start, tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newName } from './support/suite.ts';
import { openTerminal } from './support/terminal.ts';
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

async function running(script: string, ...options: string[]): Promise<string> {
  const name = newName();
  const args = ['run', '-d', '--name', name, ...options, 'host', 'sh', '-c', script];
  expect((await tctl(...args)).stderr).toBe('');
  return name;
}

const busy = 'while :; do :; done';
const lines = (text: string) => text.trimEnd().split('\n');

describe('tctl stats', () => {
  it('prints what each container uses, once', async () => {
    const [worker, sleeper] = [
      await running(busy, '-m', '64m'),
      await running('exec sleep 1000', '--pids-limit', '9'),
    ];
    const { stdout, stderr, code } = await tctl('stats', '--no-stream');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [headings, ...rows] = lines(stdout);
    expect(headings).toMatch(
      /^CONTAINER ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS$/,
    );
    expect(rows).toHaveLength(2);
    const row = rows.find((each) => each.includes(worker)) ?? '';
    const cpu = Number(/ ([\d.]+)% /.exec(row)?.[1]);
    expect(cpu).toBeGreaterThan(5);
    expect(row).toMatch(/^[0-9a-f]{12} .* [\d.]+[KM]iB \/ 64MiB +[\d.]+% .* 1$/);
    expect(rows.find((each) => each.includes(sleeper))).toMatch(/ 0\.\d\d% /);
  });

  it('prints table after table, -b -n, or a line for each container, --json', async () => {
    const name = await running('exec sleep 1000', '-m', '64m', '--pids-limit', '9');
    const batch = await tctl('stats', '-b', '-n', '3', '--interval', '200ms', name);
    expect(lines(batch.stdout).filter((line) => line.startsWith('CONTAINER ID'))).toHaveLength(3);
    expect(lines(batch.stdout).filter((line) => line.includes(name))).toHaveLength(3);
    const json = await tctl('stats', '--json', '-n', '2', '--interval', '200ms', name);
    const samples = lines(json.stdout).map((line) => JSON.parse(line));
    expect(samples).toMatchObject([{ name }, { name }]);
    expect(samples[1]).toMatchObject({
      kind: 'tctl',
      image: 'host',
      stale: false,
      figures: { memoryLimitBytes: 64 << 20, pids: 1, pidsLimit: 9 },
      rates: { cpuUsageUsec: expect.any(Number) },
    });
    expect(Date.parse(samples[1].time)).toBeGreaterThan(Date.parse(samples[0].time));
  });

  it('goes on until it is interrupted, with containers that come and are renamed', async () => {
    const stats = startHere('stats', '--json', '--interval', '200ms');
    const name = await running('exec sleep 1000');
    await until(() => stats.stdout().includes(`"name":"${name}"`), stats.stderr);
    const other = newName();
    await tctl('rename', name, other);
    await until(() => stats.stdout().includes(`"name":"${other}"`), stats.stderr);
    stats.process.kill('SIGINT');
    expect(await stats.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('shows a container that does not run, and every cgroup where it is asked to', async () => {
    const name = newName();
    await tctl('create', '--name', name, 'host', 'true');
    expect(lines((await tctl('stats', '--no-stream', name)).stdout)[1]).toMatch(
      new RegExp(`^[0-9a-f]{12} +${name} +-- +-- / -- `),
    );
    const own = await running('exec sleep 1000');
    const all = lines((await tctl('stats', '--no-stream', '--all-cgroups', own)).stdout);
    expect(all).toHaveLength(2);
    expect(all[1]).toContain(own);
  });

  it('refreshes its table in place on a terminal, and leaves that as it was', async (context) => {
    const name = await running('exec sleep 1000');
    await using terminal = await openTerminal(context);
    const variables = ['TCTL_RUNTIME_DIR', 'TCTL_DATA_DIR'].map((each) => `${each}=${process.env[each]}`);
    const before = await terminal.settings('before');
    terminal.type(`${variables.join(' ')} tctl stats --interval 200ms`);
    await terminal.shows(new RegExp(`^CONTAINER ID.*\\n[0-9a-f]{12} +${name}.*$`));
    expect(terminal.screen().match(/CONTAINER ID/g)).toHaveLength(1);
    const second = await running('exec sleep 1000');
    await terminal.shows(new RegExp(` ${second} `));
    expect(terminal.screen().match(/CONTAINER ID/g)).toHaveLength(1);
    terminal.press('C-c');
    await terminal.shows(/^host>$/m);
    terminal.type('echo code $?');
    await terminal.shows(/^code 0$/m);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('prints a container that has no cgroup, of which nothing is known, and waits for the others', async () => {
    const [without, other] = [await running('sleep 1000', '--cgroups', 'disabled'), await running(busy)];
    const { stdout } = await tctl('stats', '--no-stream');
    expect(lines(stdout).find((line) => line.includes(without))).toMatch(/ -- +-- \/ -- +-- +-- \/ --/);
    expect(lines(stdout).find((line) => line.includes(other))).toMatch(/ \d+\.\d\d% /);
  });

  it('says what is wrong', async () => {
    expectRefusal(await tctl('stats', 'nosuch'), /no such container/, /tctl ps -a/, 1);
    expectRefusal(await tctl('stats', '-n', '0'), /--iterations takes a number/, undefined);
    expectRefusal(await tctl('stats', '--interval', 'x'), /--interval takes a time/, /10m/);
    expectRefusal(await tctl('stats', '--no-stream', '--interval', '1ms'), /interval/, /50/, 1);
  });
});

describe('tctl top', () => {
  it('lists the processes of a container, and no others', async () => {
    const name = await running(`sleep 1000 & ${busy}`);
    const { stdout, stderr } = await tctl('top', name);
    expect(stderr).toBe('');
    const [headings, ...rows] = lines(stdout);
    expect(headings).toMatch(/^PID +PPID +UID +STATE +THREADS +CPU % +MEM +TIME +COMMAND$/);
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.endsWith('sleep 1000'))).toMatch(/ S +1 +0\.0% /);
    expect(rows.find((row) => row.includes('while'))).toMatch(
      /^\d+ .* [\d.]+% .* \d\d:\d\d:\d\d +sh -c sleep 1000 & while/,
    );
    const processes = JSON.parse((await tctl('top', '--json', name)).stdout);
    expect(processes).toMatchObject([{ state: expect.any(String) }, { command: expect.any(Array) }]);
  });

  it('has the columns that are asked for, as ps and podman top have them', async (context) => {
    requires(context, tool('ps'));
    const name = await running('exec sleep 1000');
    await until(
      async () => (await tctl('top', name, 'comm')).stdout === 'COMMAND\nsleep\n',
      () => 'it has become sleep',
    );
    const { pid } = JSON.parse((await tctl('inspect', name)).stdout)[0] as { pid: number };
    expectOutput(
      await tctl('top', name, '-eo', 'pid,user,args'),
      `${'PID'.padStart(String(pid).length)}   USER   COMMAND\n${pid}   root   sleep 1000\n`,
    );
    expectOutput(await tctl('top', name, '-o', 'pid=', '-o', 'comm='), `${pid}   sleep\n`);
    expectOutput(
      await tctl('top', name, 'comm', 'user', 'state'),
      'COMMAND   USER   S\nsleep     root   S\n',
    );
    // The same figures as ps(1) of the host, where it has them as exactly.
    const columns = 'pid,ppid,pgid,sid,uid,nlwp,ni,vsz,comm';
    const host = (await shell(`ps -o ${columns} -p ${pid}`)).stdout;
    const words = (text: string) => lines(text).map((line) => line.trim().split(/ +/));
    expect(words((await tctl('top', name, '-o', columns)).stdout)).toEqual(words(host));
    const [aux = '', process = ''] = lines((await tctl('top', name, 'aux')).stdout);
    expect(aux).toMatch(/^USER +PID +%CPU +%MEM +VSZ +RSS +TTY +STAT +START +TIME +COMMAND$/);
    expect(process).toMatch(
      /^root +\d+ +\d+\.\d +\d+\.\d +\d+ +\d+ +\? +Ss? +\d\d:\d\d +00:00:0\d +sleep 1000$/,
    );
    expect((await tctl('top', name, '-ef')).stdout).toMatch(/^ *UID +PID +PPID +C +STIME +TTY +TIME +CMD\n/);
    expectRefusal(await tctl('top', name, '-o', 'pid,colour'), /no column "colour"/, /columns are pid, /);
  });

  it('has the names of users that the container gives them', async () => {
    const name = await running('echo "web:x:1234:5::/:" >> /etc/passwd; exec sleep 1000');
    await until(
      async () => (await tctl('top', name, 'comm')).stdout === 'COMMAND\nsleep\n',
      () => 'it has written',
    );
    const other = startHere('exec', '--user', '1234', name, 'sleep', '1001');
    await until(
      async () => (await tctl('top', name, '-o', 'user,args')).stdout.includes('web    sleep 1001'),
      () => 'the second process is there',
    );
    await tctl('kill', name);
    await other.ended;
  });

  it('finds those of a container without a cgroup', async () => {
    const name = await running('sleep 1001 & exec sleep 1000', '--cgroups', 'disabled');
    await until(
      async () => (await tctl('top', name, '-o', 'args=')).stdout === 'sleep 1000\nsleep 1001\n',
      () => 'both are listed',
    );
  });

  it('escapes what processes call themselves', async () => {
    const name = await running(`exec sh -c 'sleep 1000; :' "$(printf 'a\\033[2Jb')"`);
    await tctl('exec', name, 'true'); // so that it has come to that
    const { stdout } = await tctl('top', name);
    expect(stdout).toContain('a\\x1b[2Jb');
    expect(stdout).not.toContain('\u001b');
  });

  it('says what is wrong', async () => {
    const name = newName();
    await tctl('create', '--name', name, 'host', 'true');
    expectRefusal(await tctl('top', name), /does not run/, /tctl start/, 1);
    expectRefusal(await tctl('top', 'nosuch'), /no such container/, /tctl ps -a/, 1);
    expectRefusal(await tctl('top'), /container is missing/, /tctl top/);
  });
});
