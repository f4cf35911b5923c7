/** tc-runtime at the terminal of whoever calls it, without a console socket. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bundle, create, makeBundle, runtimePath, stateRoot, succeed } from './support/oci.ts';
import './support/suite.ts';
import { openTerminal } from './support/terminal.ts';

const runtime = (...words: string[]) => [runtimePath, '--root', stateRoot, ...words].join(' ');

/** A bundle whose command is a shell at a terminal, with a prompt of `in>`. */
function shellBundle(): Promise<Bundle> {
  return makeBundle('', (config) => {
    const env = ['PATH=/usr/bin:/bin', 'TERM=screen', 'PS1=in> '];
    Object.assign(config.process, { terminal: true, args: ['sh'], env });
  });
}

describe('tc-runtime run', () => {
  it('is a shell at a terminal of its own, and leaves ours as it was', async (context) => {
    await using bundle = await shellBundle();
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(runtime('run', '--bundle', bundle.path, bundle.id));
    await terminal.shows(/^in>$/m);
    terminal.type('tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo three');
    await terminal.shows(/^\/dev\/pts\/0\n40 120\nthree\nin>$/m);
    terminal.type('sleep 1007');
    await terminal.shows(/sleep 1007$/m);
    terminal.press('C-c'); // ends what runs in the shell, and not the shell
    await terminal.shows(/\^C\s*\nin>$/);
    terminal.type('exit 7');
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 7$/m);
    expect(await terminal.settings('after')).toBe(before);
  });
});

describe('tc-runtime exec --tty', () => {
  it('has one more terminal in the container', async (context) => {
    await using bundle = await makeBundle('exec sleep 600');
    await create(bundle);
    await succeed('start', bundle.id);
    await using terminal = await openTerminal(context);
    const before = await terminal.settings('before');
    terminal.type(runtime('exec', '--tty', '--env', 'PS1="in> "', bundle.id, 'sh'));
    await terminal.shows(/^in>$/m);
    terminal.type('tty; stty size; cat /proc/1/comm');
    await terminal.shows(/^\/dev\/pts\/0\n40 120\nsleep\nin>$/m);
    terminal.type('exit 3');
    await terminal.shows(/host>$/);
    terminal.type('echo "code $?"');
    await terminal.shows(/^code 3$/m);
    expect(await terminal.settings('after')).toBe(before);
  });

  it('wants somebody to have the terminal, where it does not stay', async () => {
    await using bundle = await makeBundle('exec sleep 600');
    await create(bundle);
    await succeed('start', bundle.id);
    const file = join(bundle.path, 'process');
    writeFileSync(file, JSON.stringify({ terminal: true, args: ['true'], cwd: '/' }));
    const refused = succeed('exec', '--detach', '--process', file, bundle.id);
    await expect(refused).rejects.toThrow('there is no --console-socket');
    expect(readFileSync(file, 'utf8')).toContain('terminal');
  });
});
