import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { start, tctl, tctlWithInput } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newName } from './support/suite.ts';
import { openTerminal, sizeOnce } from './support/terminal.ts';
import { until } from './support/until.ts';

describe('tctl exec', () => {
  let name = '';
  beforeEach(async () => {
    name = newName();
    const { code, stderr } = await tctl(
      'run',
      '-d',
      '--name',
      name,
      '-e',
      'OF=container',
      'host',
      'sleep',
      '1008',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
  afterEach(async () => {
    await tctl('rm', '-f', name);
  });

  it('runs a command beside the first, and exits with its code', async () => {
    expectOutput(
      await tctl('exec', name, 'sh', '-c', 'hostname; echo $OF; ps -o pid= -p 1'),
      `${name}\ncontainer\n      1\n`,
    );
    expect(await tctl('exec', name, 'sh', '-c', 'echo err >&2; exit 42')).toEqual({
      code: 42,
      signal: null,
      stdout: '',
      stderr: 'err\n',
    });
    expect((await tctl('exec', name, 'sh', '-c', 'kill -9 $$')).code).toBe(137);
  });

  it('takes -e, -w and -u', async () => {
    const args = [
      'exec',
      '-e',
      'A=b',
      '-w',
      '/tmp',
      '-u',
      '7:8',
      name,
      'sh',
      '-c',
      'echo $A; pwd; id -u; id -g',
    ];
    expectOutput(await tctl(...args), 'b\n/tmp\n7\n8\n');
  });

  it('passes stdin on with -i, and not without', async () => {
    expectOutput(await tctlWithInput('hello\n', 'exec', '-i', name, 'cat'), 'hello\n');
    expectOutput(await tctlWithInput('hello\n', 'exec', name, 'cat'), '');
  });

  it('ends with tctl, with all that it has started', async () => {
    const begun = start(['exec', name, 'sh', '-c', 'sleep 1009 & echo up; wait']);
    await until(
      () => begun.stdout() === 'up\n',
      () => begun.stderr(),
    );
    begun.process.kill('SIGTERM');
    expect((await begun.ended).code).toBe(143);
    expect((await tctl('exec', name, 'pgrep', '-f', '1009')).stdout).toBe('');
  });

  it('says what is wrong, with Docker’s exit codes', async () => {
    expectRefusal(await tctl('exec', name, 'nosuch'), /ENOENT/, /./, 127);
    expectRefusal(await tctl('exec', name, '/etc/passwd'), /EACCES/, /./, 126);
    expectRefusal(await tctl('exec', name), /the command is missing/, /tctl exec/);
    expectRefusal(await tctl('exec', 'nosuch', 'true'), /no such container/, /tctl ps -a/);
    expectRefusal(await tctl('exec', '-it', name, 'sh'), /the input device is not a TTY/, /./);
    await tctl('pause', name);
    expectRefusal(await tctl('exec', name, 'true'), /is paused/, /tctl unpause/);
    await tctl('unpause', name);
    await tctl('stop', '-t', '0', name);
    expectRefusal(await tctl('exec', name, 'true'), /does not run/, /./);
  });

  it('-t alone gives it a terminal, and loses nothing of a fast output', async () => {
    const { code, stdout } = await tctl('exec', '-t', name, 'sh', '-c', 'tty; seq 1 20000');
    expect(code).toBe(0);
    expect(stdout.startsWith('/dev/')).toBe(true);
    expect(stdout.endsWith('19999\r\n20000\r\n')).toBe(true);
  });

  it('-it is a shell at a terminal, and leaves ours as it was', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(`tctl exec -it -e PS1="in> " ${name} sh`);
    await terminal.shows(/^in>$/m);
    terminal.type('test -t 0 && stty size; sleep 1010');
    await terminal.shows(/^40 120$/m);
    terminal.resize(100, 30);
    terminal.press('C-c');
    await terminal.shows(/\^C\s*\nin>$/);
    terminal.type(`${sizeOnce('30 100')}; exit 9`);
    await terminal.shows(/^30 100$/m);
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 9$/m);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('-it ends when the container does, and leaves our terminal as it was', async (context) => {
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(`tctl exec -it -e PS1="in> " ${name} sh`);
    await terminal.shows(/^in>$/m);
    await tctl('kill', name);
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 137$/m);
    expect(await terminal.settings('after')).toBe(before);
  });
});
