import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOptions } from '../../apps/tctl/src/table/run-options.ts';
import { allCommands } from '../../apps/tctl/test/support/all-commands.ts';
import { repository, shell, start, tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory } from './support/suite.ts';

const { version } = JSON.parse(readFileSync(join(repository, 'apps/tctl/package.json'), 'utf8'));

describe('tctl', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('tells what it can do: tctl %j', async (args) => {
    const { code, stdout, stderr } = await tctl(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^tctl \d+\.\d+\.\d+: containers for Linux\n\nUsage: tctl COMMAND \[OPTIONS\]\n/);
    expect(stdout).toMatch(/^ {2}run {2,}\S/m);
    expect(stdout).toMatch(/^ {2}demo {2,}\S/m);
  });

  it.each(['--version', '-v', 'version'])('tells its version: tctl %s', async (flag) => {
    expectOutput(await tctl(flag), `${version}\n`);
  });

  it.each([
    ['rum', /"rum" is not a command/, /Did you mean run\?/],
    ['dem', /"dem" is not a command/, /Did you mean demo\?/],
    ['frobnicate', /"frobnicate" is not a command/, /tctl --help/],
    ['constructor', /"constructor" is not a command/, /tctl --help/],
    ['', /"" is not a command/, /tctl --help/],
    ['--frobnicate', /Unknown option '--frobnicate'/, /--help/],
    ['a\nb\u001b[31m', /"a\\nb\\u001b\[31m" is not a command/, /tctl --help/],
  ])('does not know the command %j, and says what to do', async (name, message, hint) => {
    expectRefusal(await tctl(name), message, hint);
  });
});

describe('tctl run --help', () => {
  it('lists every option, on stdout', async () => {
    const { code, stdout, stderr } = await tctl('run', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: tctl run \[OPTIONS\] \(IMAGE \| --rootfs DIR\) \[COMMAND\]/);
    const listed = [...stdout.matchAll(/^ {2}(?: {4}|-\w, )--([\w-]+)/gm)].map(([, name]) => name);
    expect(new Set(listed)).toEqual(new Set([...Object.keys(runOptions), 'help']));
  });

  it('goes before what is missing', async () => {
    expect((await tctl('run', '-m', '64m', '--help')).code).toBe(0);
    expect((await tctl('run', '--help', 'host')).code).toBe(0);
  });

  it('is the command’s after the image', async () => {
    const { code, stdout } = await tctl('run', 'host', 'ls', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: (\/usr)?(\/bin\/)?ls/);
  });
});

const all = [...allCommands.map(([name]) => name), 'container'].map((name) => name.split(' '));

describe('every command', () => {
  it.each(all)('has a --help: tctl %s %s', async (...name) => {
    const words = name.filter((word) => typeof word === 'string');
    const { code, stdout, stderr } = await tctl(...words, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`Usage: tctl ${words.join(' ')}`)).toBe(true);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it.each(all)('refuses an option that there is not: tctl %s %s', async (...name) => {
    const words = name.filter((word) => typeof word === 'string');
    if (['container'].includes(words.join())) return;
    expectRefusal(await tctl(...words, '--frobnicate'), /--frobnicate/, /--help lists the options/);
  });

  it.each(all)('says what is missing, or does without: tctl %s %s', async (...name) => {
    const words = name.filter((word) => typeof word === 'string');
    if (['events', 'stats', 'metrics', 'demo', 'load'].includes(words.join())) return; // they go on, or read stdin
    // tctl spec writes a file where it is called.
    const { code, stderr } = await start(words, { cwd: newDirectory() }).ended;
    expect(stderr).not.toMatch(/a bug in tctl|^ {4}at /m);
    if (code !== 0) expect(stderr).toMatch(/^tctl: the .* is missing\n {2}hint: tctl .*\n$/);
  });
});

describe('what tctl prints itself', () => {
  it.each(['--help', '--version', 'run --help', 'run --dry-run host true'])(
    'may go to a reader that is gone, without a stack trace: tctl %s',
    async (args) => {
      // exec: the pipe has no reader before tctl starts to write.
      const { stderr } = await shell(`{ sleep 0.1; tctl ${args}; echo "code $?" >&2; } | exec true`);
      expect(stderr).toMatch(/^(tctl: .*\n)?code \d+\n$/);
    },
  );

  it('may go to a full disk, with a plain error and code 125', async () => {
    expectRefusal(await shell('tctl --help >/dev/full'), /ENOSPC/);
  });
});

describe('tctl demo', () => {
  it('has a --help as every command', async () => {
    const { code, stdout } = await tctl('demo', '--help');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: tctl demo/) });
  });

  it('takes no options', async () => {
    expectRefusal(await tctl('demo', '--frobnicate'), /--frobnicate/, /./);
  });
});
