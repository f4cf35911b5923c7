import { describe, expect, it } from 'vitest';
import { controller, requires } from '../support/requires.ts';
import { start, tctl } from './support/command.ts';
import { newDirectory } from './support/suite.ts';
import { Terminal, tmux } from './support/terminal.ts';

const bold = '\u001b[1m';

describe('tctl demo', () => {
  it('shows host name, processes, root directory and network of a container', async () => {
    const { code, stdout, stderr } = await tctl('demo');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/UTS namespace\)\nmy-container\n/);
    // The shell is number 1, ps is its child, and there is nobody else.
    expect(stdout).toMatch(/PID +PPID USER +COMMAND\n +1 +0 root +sh.*\n +\d+ +1 root +ps .*\n\n/);
    for (const name of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp', 'usr'])
      expect(stdout).toMatch(new RegExp(`^[dl]r[w-]x.* ${name}( -> .*)?$`, 'm'));
    expect(stdout).not.toMatch(/ (work|boot|host|old_root)$/m);
    expect(stdout).toMatch(/network namespace\)\nlo .*127\.0\.0\.1\/8/);
    expect(stdout).toMatch(/It ran for [\d.]+ ms, used [\d.]+ ms of CPU and [\d.]+ MiB\./);
  });

  it('shows the limits that it announces', async (context) => {
    requires(context, controller('memory'), controller('pids'), controller('cpu'));
    const { stdout } = await tctl('demo');
    expect(stdout).toContain('{"memory":"64m","pids":20,"cpus":0.5}');
    expect(stdout).toMatch(/^(memory\.max|memory\/memory\.limit_in_bytes) +67108864$/m);
    expect(stdout).toMatch(/^(pids\.max|pids\/pids\.max) +20$/m);
    expect(stdout).toMatch(/^(cpu\.max +50000 100000|cpu\S*\/cpu\.cfs_quota_us +50000)$/m);
  });

  it('names a command that works', async () => {
    const { stdout } = await tctl('demo');
    const args = /^Try: \S*tctl (run .*? host) sh\b/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(args[0]).toBe('run');
    expect((await tctl(...args, 'echo', 'it works')).stdout).toBe('it works\n');
  });

  it('has no colours where there is no terminal', async () => {
    expect((await tctl('demo')).stdout).not.toContain('\u001b');
  });

  it('works without any stream', async () => {
    expect((await start(['demo'], { stdio: 'ignore' }).ended).code).toBe(0);
  });

  const showsBold = async (variables: Record<string, string>) => {
    await using terminal = new Terminal(newDirectory(), variables);
    await terminal.prompt('host>');
    terminal.type('tctl demo; echo "code $?"');
    await terminal.shows(/^code 0$/m);
    return terminal.screenWithColours().includes(bold);
  };

  it('has headings in bold in a terminal, and none with NO_COLOR', async (context) => {
    requires(context, tmux);
    expect(await showsBold({})).toBe(true);
    expect(await showsBold({ NO_COLOR: '1' })).toBe(false);
  });
});
