import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requires } from '../support/requires.ts';
import { start, tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal, type Terminal } from './support/terminal.ts';
import { hostHas } from './support/tools.ts';
import { until } from './support/until.ts';

const title = /^ tctl (demo )?\d+ containers? /;

async function openDemo(terminal: Terminal, ...options: string[]): Promise<void> {
  terminal.type(['tctl --demo --seed 5', ...options].join(' '));
  await terminal.shows(title);
  await terminal.shows(/\? Help/);
}

async function leave(terminal: Terminal, code = 0): Promise<void> {
  await terminal.shows(/host>$/);
  terminal.type('echo "code $?"');
  await terminal.shows(new RegExp(`^code ${code}$`, 'm'));
}

describe('tctl --demo', () => {
  it('shows containers, and leaves the terminal as it was, with what was on it', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type('echo was here before');
    await openDemo(terminal);
    await terminal.shows(/● +api-gateway .* \d+M\/256M/);
    expect(terminal.screen()).not.toContain('was here before');
    terminal.press('q');
    await leave(terminal);
    expect(terminal.screen()).toContain('was here before');
    expect(terminal.screen()).not.toContain('api-gateway');
    expect(await terminal.settings('after')).toBe(before);
  });

  it('sorts, filters, opens, helps, and goes back', async (context) => {
    await using terminal = await openTerminal(context);
    await openDemo(terminal);
    terminal.press('A');
    await terminal.shows(/NAME▴.*\n.*api-gateway.*\n.*backup/);
    terminal.press('/', 'r', 'e', 'd', 'i', 's');
    await terminal.shows(/^ Filter redis/m);
    terminal.press('Enter');
    await terminal.shows(/1-1 of 1 {3}filter redis/);
    terminal.press('Enter');
    await terminal.shows(/^ ‹ redis .*\n +1 Graphs .*\n Memory +\d+M of 256M/);
    terminal.press('2');
    await terminal.shows(/PID USER.*\n.*redis-server/);
    terminal.press('5');
    await terminal.shows(/(GET|POST) \//);
    terminal.press('Escape');
    await terminal.shows(title);
    terminal.press('?');
    await terminal.shows(/│ Keys +│/);
    terminal.press('Escape');
    await until(
      () => !terminal.screen().includes('│ Keys'),
      () => `the help is gone:\n${terminal.screen()}`,
    );
    terminal.press('q');
    await leave(terminal);
  });

  it('follows the size of the window down to 60x15 and back', async (context) => {
    await using terminal = await openTerminal(context);
    await openDemo(terminal);
    terminal.resize(60, 15);
    await terminal.shows(
      /^ tctl demo 24 containers .*\n CPU .*\n Mem .*\n +NAME .*PIDS\n( .*\n){9} \d+-\d+ of 24 .*\n \? Help/,
    );
    terminal.resize(40, 10);
    await terminal.shows(/needs a little more room:\n60x15, and this is 40x10/);
    terminal.resize(120, 40);
    await terminal.shows(/^ tctl demo[^\n]*\n CPU [^\n]*\n Mem [^\n]*\n\n[^\n]*NAME[^\n]*THR%/);
    await terminal.shows(/scratch/);
    terminal.press('q');
    await leave(terminal);
  });

  it('goes to the shell with Ctrl-Z, and fg brings it back', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    await openDemo(terminal);
    terminal.press('C-z');
    await terminal.shows(/host>$/);
    expect(await terminal.settings('between')).toBe(before);
    terminal.type('fg');
    await terminal.shows(title);
    terminal.press('j', 'Enter');
    await terminal.shows(/1 Graphs/);
    terminal.press('q');
    await leave(terminal);
    expect(await terminal.settings('after')).toBe(before);
  });

  it.for([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('gives the terminal back at %s', async ([signal, code], context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    await openDemo(terminal);
    process.kill(terminal.running('--demo').pid, signal);
    await leave(terminal, code);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('gives the terminal back when a bug strikes, and then says which', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    const hook = fileURLToPath(new URL('support/crash-at-signal.cjs', import.meta.url));
    terminal.type(`NODE_OPTIONS='--require ${hook}' tctl --demo`);
    await terminal.shows(title);
    process.kill(terminal.running('--demo').pid, 'SIGUSR2');
    await terminal.shows(/^tctl: a bug in tctl: Error: struck$/m);
    await leave(terminal, 1);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('clears the screen once, and gives back every mode that it sets', async (context) => {
    await using terminal = await openTerminal(context);
    const file = join(newDirectory(), 'written');
    terminal.record(file);
    await openDemo(terminal);
    // Some frames: a second is over when the clock says so.
    for (const keys of [['j'], ['t'], ['t'], ['Enter'], ['Escape']]) {
      const shown = clockOf(terminal);
      terminal.press(...keys);
      await until(
        () => clockOf(terminal) !== shown,
        () => `a second is over:\n${terminal.screen()}`,
      );
    }
    terminal.press('q');
    await terminal.shows(/host>$/);
    const written = readFileSync(file, 'latin1');
    expect(written.split('\x1b[2J').length - 1).toBeLessThanOrEqual(2); // taking it, and the first frame
    for (const erasing of ['J', '0J', '1J', '3J']) expect(written).not.toContain(`\x1b[${erasing}`);
    for (const mode of ['1049', '2004', '1000', '1002', '1006'])
      expect(`${mode} ${written.lastIndexOf(`\x1b[?${mode}l`) > written.lastIndexOf(`\x1b[?${mode}h`)}`).toBe(
        `${mode} true`,
      );
    for (const mode of ['25', '7'])
      expect(`${mode} ${written.lastIndexOf(`\x1b[?${mode}h`) > written.lastIndexOf(`\x1b[?${mode}l`)}`).toBe(
        `${mode} true`,
      );
  });

  it('is the same in screen(1)', async (context) => {
    requires(context, hostHas('screen'));
    await using terminal = await openTerminal(context);
    const sockets = newDirectory();
    chmodSync(sockets, 0o700);
    terminal.type(`SCREENDIR=${sockets} LANG=C.UTF-8 screen -U -c /dev/null`);
    await terminal.gone(/host>/);
    terminal.type("PS1='inner> '; clear");
    await terminal.shows(/^inner>$/m);
    terminal.type('tctl --demo --seed 5');
    await terminal.shows(title);
    await terminal.shows(/● +api-gateway .* \d+M\/256M/);
    terminal.press('A');
    await terminal.shows(/NAME▴.*\n.*api-gateway.*\n.*backup/);
    terminal.press('g', 'j', 'Enter');
    await terminal.shows(/^ ‹ backup .*\n +1 Graphs .*\n Memory +\d+M of /m);
    terminal.press('q');
    // It has an alternate screen only where one says so: the shell goes on in the last line.
    await terminal.shows(/^inner>$/m);
    terminal.type('exit');
    await terminal.shows(/screen is terminating/);
  });

  it('is used with a mouse, which is the terminal’s again where one wants to select text', async (context) => {
    await using terminal = await openTerminal(context);
    const file = join(newDirectory(), 'written');
    terminal.record(file);
    await openDemo(terminal, '--containers 60');
    const isOurs = () => {
      const written = readFileSync(file, 'latin1');
      return written.lastIndexOf('\x1b[?1000h') > written.lastIndexOf('\x1b[?1000l');
    };
    expect(isOurs()).toBe(true);
    terminal.mouse(0, 'NAME');
    await terminal.shows(/NAME▴/);
    terminal.mouse(0, 'NAME▴');
    await terminal.shows(/NAME▾/);
    terminal.press('g');
    await terminal.shows(/^ 1-33 of 60 /m);
    terminal.mouse(65, 'NAME▾');
    await terminal.shows(/^ 4-36 of 60 /m);
    terminal.mouse(64, 'NAME▾');
    await terminal.shows(/^ 1-33 of 60 /m);
    terminal.mouse(0, 'NAME▾');
    await terminal.shows(/NAME▴/);
    terminal.press('g');
    await terminal.shows(/^ 1-33 of 60 /m);
    terminal.mouse(0, 'backup');
    terminal.press('x');
    await terminal.shows(/To backup/);
    terminal.mouse(0, 'Cancel');
    await terminal.shows(/Nothing was sent/);
    terminal.mouse(0, 'backup');
    await terminal.shows(/^ ‹ backup/);
    terminal.mouse(0, '2 Processes');
    await terminal.shows(/PID USER/);
    terminal.mouse(0, 'Back');
    await terminal.shows(title);
    terminal.press('m');
    await terminal.shows(/The mouse is off: text can be selected/);
    await until(
      () => !isOurs(),
      () => 'the terminal has its mouse',
    );
    terminal.press('m');
    await terminal.shows(/The mouse is on/);
    terminal.press('q');
    await leave(terminal);
  });

  it('shows thousands', async (context) => {
    await using terminal = await openTerminal(context);
    await openDemo(terminal, '--containers 2000');
    terminal.press('G');
    await terminal.shows(/ of 2000 /);
    terminal.press('g');
    await terminal.shows(/ 1-33 of 2000 /);
    terminal.press('q');
    await leave(terminal);
  });
});

describe('tctl on a terminal', () => {
  it('shows what really runs: its memory rises, its processes, its log, its end', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    // /dev/shm is charged to the container.
    const script =
      'echo it has begun; sleep 1007 & until [ -e /tmp/go ]; do sleep 0.1; done; dd if=/dev/zero of=/dev/shm/x bs=1M count=40 2>/dev/null; wait';
    const made = await tctl(
      'run',
      '-d',
      '--name',
      name,
      '-m',
      '64m',
      '--pids',
      '20',
      'host',
      'sh',
      '-c',
      script,
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    terminal.type('tctl');
    await terminal.shows(new RegExp(`● +${name} .*\\b(\\d+K|[1-9]\\.\\dM)/64M .* [23]/20`));
    expect((await tctl('exec', name, 'touch', '/tmp/go')).code).toBe(0);
    await terminal.shows(new RegExp(`● +${name} .*\\b4\\dM/64M`));
    terminal.press('Enter');
    await terminal.shows(/Memory +4\dM of 64M/);
    terminal.press('2');
    await terminal.shows(/PID USER.*\n(.*\n)*.*sleep 1007/);
    terminal.press('3');
    await terminal.shows(/Limits[^\n]*\n +memory +64M/);
    terminal.press('5');
    await terminal.shows(/it has begun/);
    expect((await tctl('kill', name)).code).toBe(0);
    await terminal.shows(new RegExp(`‹ ${name} +× exited +KILL`));
    terminal.press('Escape');
    await terminal.shows(new RegExp(`× +${name} `));
    expect((await tctl('rm', name)).code).toBe(0);
    await terminal.shows(/^ tctl 0 containers[\s\S]*nothing to show/);
    terminal.press('q');
    await leave(terminal);
  });

  it('shows every cgroup of the host where one asks for it', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    expect((await tctl('run', '-d', '--name', name, 'host', 'sleep', '1008')).code).toBe(0);
    terminal.type('tctl --all');
    await terminal.shows(/all \d+ cgroups/);
    terminal.press('/'); // there may be many
    terminal.write(name);
    terminal.press('Enter');
    await terminal.shows(new RegExp(`● +${name} `));
    terminal.press('q');
    await leave(terminal);
    expect((await tctl('rm', '-f', name)).code).toBe(0);
  });
});

describe('tctl replay', () => {
  it('shows what was recorded, stands still, steps and ends', async (context) => {
    await using terminal = await openTerminal(context);
    const name = newName();
    const file = join(newDirectory(), 'recording');
    const made = await tctl('run', '-d', '--name', name, '-m', '64m', 'host', 'sleep', '1010');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect((await tctl('record', '--for', '3s', '--interval', '200ms', file)).code).toBe(0);
    expect((await tctl('rm', '-f', name)).code).toBe(0);
    terminal.type(`tctl replay ${file}`);
    await terminal.shows(new RegExp(`^ tctl replay [\\s\\S]*● +${name} .*/64M`));
    await terminal.shows(/^ ■ 1x ━+● +\d\d:\d\d:\d\d +[23]s of [23]s/m);
    terminal.press('(');
    await terminal.shows(/^ ■ 1x ●─+ .* 0s of/m);
    terminal.press('x');
    await terminal.shows(/Nothing can be changed here/);
    terminal.press('q');
    await leave(terminal);
  });
});

describe('without a screen', () => {
  it('prints what there is, once, where stdout is no terminal', async () => {
    const name = newName();
    expect((await tctl('run', '-d', '--name', name, '-m', '64m', 'host', 'sleep', '1011')).code).toBe(0);
    const { code, stdout, stderr } = await tctl('dashboard');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBe(2);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d 1 container, 1 running; CPU .*%, memory .* of .*, load .*\.$/);
    expect(lines[1]).toMatch(
      new RegExp(`^${name}: running, for \\d+s, CPU 0\\.\\d%, memory .* of 64M, \\d%, processes 1.*\\.$`),
    );
    expect((await tctl('rm', '-f', name)).code).toBe(0);
  });

  it('says in lines what there is, and what happens', async () => {
    const name = newName();
    const plain = start(['--plain']);
    await until(
      () => /^\d\d:\d\d:\d\d 0 containers, 0 running; .*\nChanges follow/.test(plain.stdout()),
      () => `there is nothing yet: ${plain.stdout()}`,
    );
    expect((await tctl('run', '-d', '--name', name, '-m', '64m', 'host', 'sleep', '1009')).code).toBe(0);
    await until(
      () => new RegExp(`New: ${name}: running, .*of 64M`).test(plain.stdout()),
      () => `it tells of the new one: ${plain.stdout()}`,
    );
    expect((await tctl('rm', '-f', name)).code).toBe(0);
    await until(
      () => new RegExp(`${name}: (gone|ended)`).test(plain.stdout()),
      () => `it tells of its end: ${plain.stdout()}`,
    );
    plain.process.kill('SIGINT');
    expect(await plain.ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.not.stringContaining('\x1b'),
    });
  });

  it.each([
    [['--demo', '--seed', 'x'], /--seed takes a whole number, not "x"/, undefined],
    [['--demo', '--theme', 'pink'], /there is no theme "pink"/, /dark, light/],
    [['--demo', 'x'], /takes no arguments, not "x"/, undefined],
    [['--interval', 'soon'], /soon/, /500ms/],
    [['replay'], /the file is missing/, /tctl replay FILE/],
    [['replay', '/nosuch.rec'], /nosuch/, undefined],
  ])('refuses what makes no sense: tctl %j', async (args, message, hint) => {
    const refused = await tctl(...args);
    expectRefusal(refused, message, hint);
  });
});

const clockOf = (terminal: Terminal) => /\d\d:\d\d:\d\d/.exec(terminal.screen())?.[0];
