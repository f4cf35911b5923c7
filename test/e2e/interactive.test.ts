import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { processes } from '../support/leftovers.ts';
import { requires } from '../support/requires.ts';
import { tctl } from './support/command.ts';
import { newName } from './support/suite.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { hostHas } from './support/tools.ts';
import { until } from './support/until.ts';

/** A shell in a container, with a prompt of `in>`. */
async function shellInside(terminal: Terminal, ...options: string[]): Promise<void> {
  terminal.type(['tctl run -it', ...options, '-e PS1="in> " host sh'].join(' '));
  await terminal.shows(/^in>$/m);
}

async function leave(terminal: Terminal, code = 0): Promise<void> {
  await terminal.shows(/host>$/);
  terminal.type('echo "code $?"');
  await terminal.shows(new RegExp(`^code ${code}$`, 'm'));
}

describe('tctl run -it', () => {
  it('is a shell at a terminal of its own, and leaves ours as it was', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    await shellInside(terminal);
    terminal.type('tty; stty size; echo $TERM $((6 * 7)); test -t 0 && test -t 1 && test -t 2 && echo three');
    await terminal.shows(/^\/dev\/pts\/0\n40 120\n(screen|tmux)\S* 42\nthree\nin>$/m);
    terminal.type('exit 7');
    await leave(terminal, 7);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('Ctrl-C ends what runs in the shell, and not the shell', async (context) => {
    await using terminal = await openTerminal(context);
    await shellInside(terminal);
    terminal.type('echo up; sleep 1005');
    await terminal.shows(/^up$/m);
    terminal.press('C-c');
    await terminal.shows(/\^C\s*\nin>$/);
    terminal.type('echo "got $?"; exit');
    await terminal.shows(/^got 130$/m);
  });

  it('Ctrl-Z and fg are the container’s job control', async (context) => {
    requires(context, hostHas('bash'));
    await using terminal = await openTerminal(context);
    terminal.type(`tctl run -it -e PS1='in> ' host bash --norc`);
    await terminal.shows(/^in>$/m);
    terminal.type('sleep 1006');
    await terminal.shows(/sleep 1006$/m);
    // The shell has shown the line before it gives the terminal to the job: who is too early presses again.
    await until(
      async () => {
        terminal.press('C-z');
        await sleep(200);
        return /Stopped\s+sleep 1006/.test(terminal.screen());
      },
      () => `the job stops:\n${terminal.screen()}`,
    );
    terminal.type('fg');
    await terminal.shows(/^sleep 1006$/m);
    terminal.press('C-c');
    await terminal.shows(/\^C\s*\nin>$/);
    terminal.type('exit 3');
    await leave(terminal, 3);
  });

  it('Ctrl-D ends the shell', async (context) => {
    await using terminal = await openTerminal(context);
    await shellInside(terminal);
    terminal.press('C-d');
    await terminal.shows(/\nhost>$/);
  });

  it('the size of the window is that of the terminal inside, also when it changes', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type(
      `tctl run -it host sh -c 'trap "stty size" WINCH; trap exit INT; echo up; while :; do sleep 0.05; done'`,
    );
    await terminal.shows(/^up$/m);
    terminal.resize(91, 33);
    await terminal.shows(/^33 91$/m);
    terminal.resize(120, 40);
    await terminal.shows(/^40 120$/m);
    terminal.press('C-c');
    await terminal.shows(/host>$/);
  });

  it('vi edits and saves', async (context) => {
    requires(context, hostHas('vi'));
    await using terminal = await openTerminal(context);
    await shellInside(terminal);
    terminal.type('printf "one\\ntwo\\nthree\\n" >/tmp/file; vi /tmp/file');
    await terminal.shows(/^one\ntwo\nthree\n~|Press ENTER/);
    // Vim says that its settings are not in the image.
    if (/Press ENTER/.test(terminal.screen())) terminal.press('Enter');
    await terminal.shows(/^one\ntwo\nthree\n~/);
    terminal.press('j', 'A');
    terminal.press('-', 'm', 'o', 'r', 'e', 'Escape');
    await terminal.shows(/^two-more$/m);
    // It goes down by a newline alone, which must not take the cursor to the left.
    terminal.press('j', 'x');
    await terminal.shows(/^thre$/m);
    terminal.type(':wq');
    await terminal.shows(/in>$/);
    terminal.type('clear; cat /tmp/file; exit');
    await terminal.shows(/^one\ntwo-more\nthre$/m);
  });

  it('top draws, follows the size of the window, and quits', async (context) => {
    requires(context, hostHas('top'));
    await using terminal = await openTerminal(context);
    await shellInside(terminal);
    terminal.type('top -d 1');
    await terminal.shows(/PID USER .*COMMAND.*\btop\b/s);
    terminal.resize(70, 20);
    await terminal.shows(/PID USER/);
    terminal.press('q');
    await terminal.shows(/in>$/);
    terminal.type('exit');
    await terminal.shows(/host>$/);
  });

  it('less shows a page, and the keys of the container go to it', async (context) => {
    requires(context, hostHas('less'));
    await using terminal = await openTerminal(context);
    await shellInside(terminal);
    terminal.type('seq 1 500 | less');
    await terminal.shows(/^1\n2\n.*39\n:$/s);
    terminal.press('Space');
    await terminal.shows(/^40\n/);
    terminal.press('q');
    await terminal.shows(/in>$/);
    terminal.type('exit');
    await terminal.shows(/host>$/);
  });

  it('all of a fast output arrives before the end', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tctl run -it host seq 1 20000 | tail -3 | tr "\\r" " "; echo over');
    await terminal.shows(/^19998\s*\n19999\s*\n20000\s*\nover$/m);
  });
});

describe('the terminal is as it was', () => {
  it('when the container is killed', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const before = await terminal.settings('before');
    await shellInside(terminal, '--name', name);
    expect(await tctl('kill', name)).toMatchObject({ code: 0, stderr: '' });
    await leave(terminal, 137);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('when its supervisor is killed', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const before = await terminal.settings('before');
    await shellInside(terminal, '--name', name);
    const id = (await tctl('ps', '-q')).stdout.trim();
    for (const { pid, command } of processes())
      if (command[0] === 'tctl-shim' && command[1] === id) process.kill(pid, 'SIGKILL');
    await leave(terminal, 125);
    await terminal.shows(/lost|supervisor/);
    expect(await terminal.settings('after')).toBe(before);
    expect((await tctl('ps', '-aq')).stdout).toBe('');
  });

  it.for(['SIGTERM', 'SIGHUP'] as const)('when tctl gets %s', async (signal, context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const before = await terminal.settings('before');
    terminal.type(
      `tctl run -it --name ${name} host sh -c 'trap "exit 9" TERM HUP; echo up; while :; do sleep 0.05; done'`,
    );
    await terminal.shows(/^up$/m);
    process.kill(terminal.running(name).pid, signal);
    await leave(terminal, 9);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('when tctl is told to end, and the shell would not', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const before = await terminal.settings('before');
    await shellInside(terminal, '--name', name);
    for (let turn = 0; turn < 3; turn += 1) {
      process.kill(terminal.running(name).pid, 'SIGTERM');
      await sleep(200); // those that wait at the same time count as one: signal(7)
    }
    await leave(terminal, 137);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('when the command is not there', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type('tctl run -it host nosuch');
    await terminal.shows(/^tctl: .*ENOENT/m);
    await leave(terminal, 127);
    expect(await terminal.settings('after')).toBe(before);
    expect((await tctl('ps', '-aq')).stdout).toBe('');
  });
});

describe('without a terminal', () => {
  it('-it is refused, in Docker’s words', async () => {
    const { code, stderr } = await tctl('run', '-it', 'host', 'true');
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: expect.stringMatching(/^tctl: the input device is not a TTY\n {2}hint: /),
    });
  });

  it('-t alone gives the container one', async () => {
    const { code, stdout } = await tctl('run', '-t', 'host', 'sh', '-c', 'tty; stty size; exit 4');
    expect({ code, stdout }).toEqual({ code: 4, stdout: '/dev/pts/0\r\n24 80\r\n' });
  });
});
