import { describe, expect, it } from 'vitest';
import { start, tctl } from './support/command.ts';
import { newName } from './support/suite.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { until } from './support/until.ts';

const remove = (name: string) => tctl('rm', '-f', name);

/** Its state, as tctl ps -a says it. */
async function state(name: string): Promise<string | undefined> {
  const containers: { name: string; state: string }[] = JSON.parse((await tctl('ps', '-a', '--json')).stdout);
  return containers.find((each) => each.name === name)?.state;
}

async function shellInside(terminal: Terminal, name: string): Promise<void> {
  terminal.type(`tctl run -it --name ${name} -e PS1="in> " host sh`);
  await terminal.shows(/^in>$/m);
}

describe('the detach keys', () => {
  it('leave a container to itself, and tctl attach sits down at it again', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const before = await terminal.settings('before');
    await shellInside(terminal, name);
    terminal.type('x=kept; echo begun');
    await terminal.shows(/^begun\nin>$/m);
    terminal.press('C-p', 'C-q');
    await terminal.shows(/^(in> )?read escape sequence\nhost>$/m);
    expect(await terminal.settings('between')).toBe(before);
    expect(await state(name)).toBe('running');

    terminal.type(`clear; tctl attach ${name}`);
    terminal.press('Enter');
    await terminal.shows(/^in>$/m);
    terminal.type('echo $x; stty size; exit 6');
    await terminal.shows(/^kept\n40 120\n/m);
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 6$/m);
    expect(await terminal.settings('after')).toBe(before);
    expect(await state(name)).toBeUndefined();
  });

  it('are keys like all others where they come alone', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tctl run -it host sh -c "stty raw -echo; echo up; head -c 4 | od -An -tx1; stty sane"');
    await terminal.shows(/^up$/m);
    terminal.press('C-p', 'C-p', 'x', 'C-q');
    await terminal.shows(/ 10 10 78 11/);
    await terminal.shows(/host>$/);
  });

  it('can be chosen', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    terminal.type(`tctl run -it --detach-keys ctrl-x,d --name ${name} -e PS1="in> " host sh`);
    await terminal.shows(/^in>$/m);
    terminal.press('C-x', 'd');
    await terminal.shows(/read escape sequence\nhost>$/);
    expect(await state(name)).toBe('running');
    await remove(name);
  });
});

describe('tctl attach', () => {
  it('sits at what tctl run -dit has started', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    terminal.type(`tctl run -dit --name ${name} -e PS1="in> " host sh; tctl attach ${name}`);
    await terminal.shows(/^[0-9a-f]{12}$/m);
    terminal.press('Enter');
    await terminal.shows(/^in>$/m);
    terminal.type('exit 4');
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 4$/m);
    expect(await state(name)).toBe('exited');
    await remove(name);
  });

  it('lets two sit at one container: both see it all', async (context) => {
    await using first = await openTerminal(context);
    const name = newName();
    expect((await tctl('run', '-dit', '--name', name, '-e', 'PS1=in> ', 'host', 'sh')).code).toBe(0);
    const second = start(['attach', '--no-stdin', name]);
    first.type(`tctl attach ${name}`);
    first.press('Enter');
    await first.shows(/^in>$/m);
    await until(
      () => {
        first.press('Enter'); // it sees what comes from now on
        return second.stdout().includes('in>');
      },
      () => `the second is there: ${second.stderr()}`,
    );
    first.type('echo $((6 * 7))-for-both');
    await first.shows(/(^|> )42-for-both$/m);
    await until(
      () => second.stdout().includes('42-for-both'),
      () => second.stdout() + second.stderr(),
    );
    first.press('C-p', 'C-q');
    await first.shows(/read escape sequence\nhost>$/);
    await tctl('kill', name);
    expect((await second.ended).code).toBe(137);
    await remove(name);
  });

  it('shows both streams of a container without a terminal, and passes signals on', async () => {
    const name = newName();
    const script = 'trap "echo out; echo err >&2; exit 3" INT; while :; do sleep 0.05; done';
    await tctl('run', '-d', '--name', name, 'host', 'sh', '-c', script);
    const attached = start(['attach', name]);
    // It has set its handlers when something comes back of a signal that means nothing to the container.
    await until(
      () => attached.process.exitCode === null,
      () => attached.stderr(),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    attached.process.kill('SIGINT');
    expect(await attached.ended).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
    await remove(name);
  });

  it('passes stdin on to what tctl run -di has started', async () => {
    const name = newName();
    await tctl('run', '-di', '--name', name, 'host', 'sh', '-c', 'read line; echo "got $line"; exit 5');
    const attached = start(['attach', name], { stdio: 'pipe' });
    attached.process.stdin?.write('hello\n');
    expect(await attached.ended).toMatchObject({ code: 5, stdout: 'got hello\n', stderr: '' });
    await remove(name);
  });

  it('goes without the container when it is told to', async () => {
    const name = newName();
    await tctl('run', '-dt', '--name', name, 'host', 'sleep', '1007');
    const attached = start(['attach', '--no-stdin', name]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    attached.process.kill('SIGTERM');
    expect((await attached.ended).code).toBe(143);
    expect(await state(name)).toBe('running');
    await remove(name);
  });

  it('says what is wrong', async () => {
    const name = newName();
    await tctl('create', '--name', name, 'host', 'true');
    const { code, stderr } = await tctl('attach', name);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/it does not run \(CONTAINER_NOT_RUNNING\)\n {2}hint: /),
    });
    await remove(name);
    expect(await tctl('attach', '--detach-keys', 'ctrl-1', 'x')).toMatchObject({ code: 125 });
  });
});

describe('tctl start -a', () => {
  it('shows all of it from its first byte on, and exits with its code', async () => {
    const name = newName();
    await tctl('create', '--name', name, 'host', 'sh', '-c', 'printf "no newline"; echo err >&2; exit 3');
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await tctl('start', '-a', name)).toEqual({
        code: 3,
        signal: null,
        stdout: 'no newline',
        stderr: 'err\n',
      });
    }
    await remove(name);
  });

  it('-i sits at a terminal', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    await tctl('create', '-it', '--name', name, '-e', 'PS1=in> ', 'host', 'sh');
    terminal.type(`tctl start -ai ${name}`);
    await terminal.shows(/^in>$/m);
    terminal.type('stty size; exit 2');
    await terminal.shows(/^40 120$/m);
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 2$/m);
    await remove(name);
  });
});
