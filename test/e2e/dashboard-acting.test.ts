import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInfo } from '@tc/core';
import { afterEach, describe, expect, it } from 'vitest';
import { processes } from '../support/leftovers.ts';
import { tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { dataDirectory, directory, newName } from './support/suite.ts';
import { openTerminal, sizeOnce, type Terminal } from './support/terminal.ts';
import { until } from './support/until.ts';

// Nobody's own settings.
const configHome = join(directory, 'config');
process.env['XDG_CONFIG_HOME'] = configHome;

const forever = 'sh -c "trap \'exit 3\' TERM; while :; do sleep 0.1; done"';

/** Runs a container, as a user does, and tells its name. */
async function run(...options: string[]): Promise<string> {
  const name = newName();
  const loop = 'trap "exit 3" TERM; echo up; while :; do sleep 0.1; done';
  expect(await tctl('run', '-d', '--name', name, ...options, 'host', 'sh', '-c', loop)).toMatchObject({
    code: 0,
  });
  return name;
}

async function inspect(name: string): Promise<ContainerInfo> {
  const { stdout } = await tctl('inspect', name);
  return JSON.parse(stdout)[0];
}

/** The first of these files that one of its cgroups has. */
async function cgroupFile(name: string, ...files: string[]): Promise<string> {
  const { cgroups } = await inspect(name);
  const path = cgroups
    .flatMap((cgroup) => files.map((file) => join(cgroup, file)))
    .find((each) => existsSync(each));
  return path === undefined ? 'none' : readFileSync(path, 'utf8').trim();
}

const memoryLimit = (name: string) => cgroupFile(name, 'memory.max', 'memory.limit_in_bytes');

async function open(terminal: Terminal, ...options: string[]): Promise<void> {
  terminal.type(['tctl --theme dark', ...options].join(' '));
  await terminal.shows(/^ tctl .*\d+ containers? /m);
  await terminal.shows(/\? Help/);
}

async function openOn(terminal: Terminal, name: string, ...options: string[]): Promise<void> {
  await open(terminal, ...options);
  await terminal.shows(new RegExp(`[●‖×○] +${name} `));
}

async function quit(terminal: Terminal): Promise<void> {
  terminal.press('q');
  await terminal.shows(/host>$/);
}

/** Escape and a key that follows at once are Alt and that key. */
async function close(terminal: Terminal, dialog: RegExp): Promise<void> {
  terminal.press('Escape');
  await terminal.gone(dialog);
}

/** The text of a dialog's field in place of what is there. */
function fill(terminal: Terminal, text: string): void {
  terminal.press('C-u');
  terminal.write(text);
}

afterEach(async () => {
  const { stdout } = await tctl('ps', '-aq');
  const left = stdout.split('\n').filter((id) => id !== '');
  if (left.length > 0) await tctl('rm', '-f', ...left);
});

describe('the dialog for a new container', () => {
  it('makes one that really runs, as its command says, and remembers it', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    await open(terminal);
    terminal.press('c');
    await terminal.shows(/│ New container +│/);
    fill(terminal, 'hos');
    terminal.press('Tab');
    await terminal.shows(/Image +host /);
    terminal.press('Down');
    terminal.write(forever);
    terminal.press('Down');
    terminal.write('not a name');
    await terminal.shows(/! Name +not a name +│\n.*"not a name" is not a name/);
    fill(terminal, name);
    terminal.press('Down');
    terminal.write('64m');
    terminal.press('Down');
    terminal.write('20');
    terminal.press('Down');
    terminal.write('0.5');
    terminal.press('Down', 'Down');
    terminal.write('COLOUR=green');
    await terminal.shows(new RegExp(`\\$ tctl run -d --name ${name} --memory 64m --pids 20 --cpus 0\\.5`));
    terminal.press('Enter');
    await terminal.shows(new RegExp(`Started ${name}`));
    await terminal.shows(new RegExp(`● +${name} +host .*/64M.*/20`));
    expect(await inspect(name)).toMatchObject({
      state: 'running',
      command: ['sh', '-c', "trap 'exit 3' TERM; while :; do sleep 0.1; done"],
      image: 'host',
      detached: true,
      limits: { memory: '64m', pids: 20, cpus: 0.5 },
      options: { env: { COLOUR: 'green' } },
    });
    expect(await memoryLimit(name)).toBe(String(64 * 2 ** 20));
    terminal.press('c');
    await terminal.shows(new RegExp(`Name +${name.replace(/-\d+$/, '')}-\\d+ .*\n.*Memory +64m`));
    expect(JSON.parse(readFileSync(join(dataDirectory, 'last-spawn.json'), 'utf8'))).toMatchObject({
      name,
      pids: '20',
    });
    await close(terminal, /│ New container/);
    await quit(terminal);
    // It has outlived the dashboard.
    expect(await inspect(name)).toMatchObject({ state: 'running' });
  });

  it('stays open where the start fails, with the reason, the hint and the code, and leaves nothing', async (context) => {
    await using terminal = await openTerminal(context);
    await open(terminal);
    terminal.press('c', 'Down');
    await terminal.shows(/│ New container +│/);
    fill(terminal, 'nosuch');
    terminal.press('Enter');
    await terminal.shows(/execve nosuch: ENOENT|nosuch.*ENOENT/);
    await terminal.shows(/COMMAND_NOT_FOUND/);
    expect((await tctl('ps', '-aq')).stdout).toBe('');
    fill(terminal, 'sleep 1000');
    terminal.press('Enter');
    await terminal.shows(/Started /);
    await quit(terminal);
  });
});

describe('a container', () => {
  it('gets no signal by Enter at once, and the one that was chosen', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run();
    await openOn(terminal, name);
    terminal.press('x');
    await terminal.shows(new RegExp(`│ To ${name}\\. `));
    terminal.press('Enter');
    await terminal.shows(/Nothing was sent/);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
    terminal.press('x', 'k', 'Enter');
    await terminal.shows(new RegExp(`Sent SIGKILL to ${name}`));
    await terminal.shows(new RegExp(`× +${name} .*KILL`));
    expect(await inspect(name)).toMatchObject({ state: 'exited', exit: { signal: 'SIGKILL' } });
    await quit(terminal);
  });

  it('is paused and goes on, gets another limit and another name, is stopped, started, restarted and removed', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run('-m', '64m');
    await openOn(terminal, name);
    terminal.press('p');
    await terminal.shows(new RegExp(`‖ +${name} `));
    expect(await inspect(name)).toMatchObject({ state: 'paused' });
    terminal.press('p');
    await terminal.shows(new RegExp(`● +${name} .*/64M `)); // its figures may come later than it

    terminal.press('e');
    await terminal.shows(/Memory +64m /);
    fill(terminal, '96m');
    await terminal.shows(new RegExp(`\\$ tctl update --memory 96m ${name}`));
    terminal.press('Enter');
    await terminal.shows(/Changed limits of/);
    expect(await memoryLimit(name)).toBe(String(96 * 2 ** 20));

    const renamed = `${name}-b`;
    terminal.press('E', 'End');
    await terminal.shows(/│ Rename /);
    terminal.write('-b');
    terminal.press('Enter');
    await terminal.shows(new RegExp(`● +${renamed} `));

    terminal.press('S');
    await terminal.shows(new RegExp(`│ Stop ${renamed}\\? `));
    terminal.press('Enter');
    await terminal.gone(/│ Stop /);
    expect(await inspect(renamed)).toMatchObject({ state: 'running' });
    terminal.press('S', 'y');
    await terminal.shows(new RegExp(`× +${renamed} .*exit 3`));
    terminal.press('e');
    await terminal.shows(/Memory +96m /); // for its next start
    terminal.press('Escape');
    await terminal.gone(/Memory +96m /);

    terminal.press('s');
    await terminal.shows(new RegExp(`● +${renamed} `));
    expect(await memoryLimit(renamed)).toBe(String(96 * 2 ** 20));
    const { pid } = await inspect(renamed);
    terminal.press('R', 'y');
    await terminal.shows(/Restarted /);
    expect((await inspect(renamed)).pid).not.toBe(pid);

    terminal.press('D');
    await terminal.shows(/It runs, and is killed first\./);
    terminal.press('Right', 'Enter');
    await terminal.shows(/Removed /);
    await terminal.gone(new RegExp(`● +${renamed} `));
    expect((await tctl('ps', '-aq')).stdout).toBe('');
    await quit(terminal);
  });

  it('that can’t do what is asked says why and what to do, in a box that any key closes', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run();
    await openOn(terminal, name);
    terminal.press('s');
    await terminal.shows(new RegExp(`│ Start ${name}: failed +│`));
    await terminal.shows(/│ CONTAINER_RUNNING +│/);
    terminal.press('j');
    await terminal.gone(/CONTAINER_RUNNING/);
    await terminal.shows(new RegExp(`● +${name} `));
    await quit(terminal);
  });

  it('is one of several that are acted on at once, of which one fails', async (context) => {
    await using terminal = await openTerminal(context);
    const names = [await run(), await run(), await run()];
    expect(await tctl('stop', names[1] ?? '')).toMatchObject({ code: 0 });
    await open(terminal);
    for (const name of names) await terminal.shows(new RegExp(`[●×] +${name} `));
    terminal.press('*');
    await terminal.shows(/3 marked/);
    terminal.press('x', 't', 'Enter');
    await terminal.shows(/Sent SIGTERM to 2 of 3 containers, 1 failed/);
    await terminal.shows(/CONTAINER_NOT_RUNNING/);
    await close(terminal, /CONTAINER_NOT_RUNNING/);
    for (const name of names) await terminal.shows(new RegExp(`× +${name} .*exit 3`));
    terminal.press('D', 'y');
    await terminal.shows(/Removed 3 containers/);
    expect((await tctl('ps', '-aq')).stdout).toBe('');
    await quit(terminal);
  });
});

describe('a shell inside', () => {
  it('has the terminal, and the dashboard comes back as it was', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    const name = await run();
    await openOn(terminal, name);
    terminal.press('!');
    await terminal.shows(new RegExp(`A shell in ${name}: exit`));
    terminal.type('echo "$(hostname) $((6*7)) $(tty) $(stty size)"');
    await terminal.shows(new RegExp(`^${name} 42 /dev/pts/0 40 120$`, 'm'));
    terminal.type('sleep 1007');
    // Before that it is the shell that Ctrl-C is for.
    await until(
      () => processes().some(({ command }) => command.includes('1007')),
      () => 'sleep runs',
    );
    terminal.press('C-c');
    await terminal.shows(/\^C\s*\n\S*#$/);
    terminal.type('exit 5');
    await terminal.shows(new RegExp(`Left the shell in ${name}: exit code 5`));
    await terminal.shows(new RegExp(`● +${name} `));
    terminal.press('?');
    await terminal.shows(/│ Keys +│/);
    await close(terminal, /│ Keys +│/);
    await quit(terminal);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('follows the size of the window, and so does the dashboard after it', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run();
    await openOn(terminal, name);
    terminal.press('!');
    await terminal.shows(/A shell in/);
    terminal.resize(90, 25);
    terminal.type(sizeOnce('25 90'));
    await terminal.shows(/^25 90$/m);
    terminal.type('exit');
    await terminal.shows(/Left the shell/);
    await terminal.shows(/^ \? Help/m);
    expect(terminal.screen().split('\n')).toHaveLength(25);
    await quit(terminal);
  });

  it('ends with tctl where that is told to end, and the terminal is as it was', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    const name = await run();
    await openOn(terminal, name);
    terminal.press('!');
    await terminal.shows(/A shell in/);
    terminal.type('echo $((6*7))');
    await terminal.shows(/^42$/m);
    const dashboard = terminal.running('--theme');
    const isThere = () => processes().some(({ pid, command }) => pid === dashboard.pid && command[0] !== '');
    // A shell at a terminal does not listen to it; the third one kills.
    for (let turn = 0; turn < 3 && isThere(); turn += 1) {
      process.kill(dashboard.pid, 'SIGTERM');
      await sleep(200); // those that wait at the same time count as one: signal(7)
    }
    await terminal.shows(/host>$/);
    await until(
      () => !isThere(),
      () => 'tctl has ended',
    );
    expect(await terminal.settings('after')).toBe(before);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
  });
});

describe('a container’s own terminal', () => {
  it('is sat down at, and left by its keys', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    expect(await tctl('run', '-d', '-t', '--name', name, '-e', 'PS1=in> ', 'host', 'sh')).toMatchObject({
      code: 0,
    });
    await openOn(terminal, name);
    terminal.press('i');
    await terminal.shows(new RegExp(`At ${name}: Ctrl-P Ctrl-Q`));
    terminal.type('echo $((6*7))');
    await terminal.shows(/^42$/m);
    terminal.press('C-p', 'C-q');
    await terminal.shows(new RegExp(`Left ${name}`));
    await terminal.shows(new RegExp(`● +${name} `));
    await quit(terminal);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
  });
});

describe('a container without a terminal', () => {
  it('is not sat down at: nothing would lead back', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run();
    await openOn(terminal, name);
    terminal.press('i');
    await terminal.shows(/it has no terminal/);
    await terminal.shows(/l shows what it writes/);
    await close(terminal, /any key closes this/);
    await quit(terminal);
    expect(await inspect(name)).toMatchObject({ state: 'running' });
  });
});

describe('the clipboard', () => {
  it('gets an id and a command, through tmux', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tmux set -g set-clipboard on');
    const name = await run('-m', '64m');
    const { id } = await inspect(name);
    await openOn(terminal, name);
    terminal.press('y');
    await terminal.shows(new RegExp(`Copied ${id} +In tmux this needs: set -g set-clipboard on`));
    await quit(terminal);
    terminal.type('clear; tmux show-buffer; echo');
    await terminal.shows(new RegExp(`^${id}$`, 'm'));
    await openOn(terminal, name);
    terminal.press('Y');
    await terminal.shows(/Copied tctl run -d/);
    await quit(terminal);
    terminal.type('clear; tmux show-buffer; echo');
    await terminal.shows(new RegExp(`^tctl run -d --name ${name} --memory 64m .*host sh -c`, 'm'));
  });
});

describe('with --read-only', () => {
  it('nothing happens to a container, whatever one presses', async (context) => {
    await using terminal = await openTerminal(context);
    const name = await run();
    const before = await inspect(name);
    await openOn(terminal, name, '--read-only');
    for (const key of ['c', 'x', 'S', 's', 'p', 'R', 'D', 'e', 'E', '!', 'i']) {
      terminal.press(key);
      await terminal.shows(/Nothing can be changed here +It was opened read-only/);
      terminal.press('z', 'z');
      await terminal.gone(/Nothing can be changed here/);
    }
    expect(terminal.screen()).not.toMatch(/c New|x Signal|! Shell/);
    expect(await inspect(name)).toEqual(before);
    await quit(terminal);
  });
});

describe('settings', () => {
  const file = join(configHome, 'tctl/config.json');

  it('are changed at once, kept when asked to, and in force the next time', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.type('tctl --demo');
    await terminal.shows(/● +postgres .*[⠀-⣿]/);
    terminal.press('o');
    await terminal.shows(/│ Settings +│/);
    terminal.press('Down', 'Right');
    await terminal.shows(/Graphs +← blocks →/);
    expect(existsSync(file)).toBe(false);
    terminal.press('W');
    await terminal.shows(/Saved to .*config\.json/);
    await close(terminal, /│ Settings +│/);
    terminal.press('M', 'C');
    await terminal.shows(/│ Columns +│/);
    terminal.press('W');
    await terminal.shows(/Saved to/);
    await close(terminal, /│ Columns +│/);
    await quit(terminal);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ graphs: 'blocks', sort: 'memory' });
    terminal.type('tctl --demo');
    await terminal.shows(/by memory in use/);
    expect(terminal.screen()).not.toMatch(/[⠁-⣿]/);
    await quit(terminal);
  });

  it('that make no sense are refused by name', async () => {
    mkdirSync(join(configHome, 'tctl'), { recursive: true });
    writeFileSync(file, '{ "theme": "dark", "interva": "2s" }');
    expectRefusal(
      await tctl('--demo', '--plain'),
      /config\.json: interva: there is no such setting; interval\?$/,
      /--print-config/,
    );
    writeFileSync(file, '{ "sort": "name", "keys": { "kill": ["ctrl+k"] } }');
    const { code, stdout } = await tctl('--print-config', '--interval', '3s');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      sort: 'name',
      interval: '3s',
      keys: { kill: ['ctrl+k'] },
    });
    writeFileSync(file, '{}');
  });
});
