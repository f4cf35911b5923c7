import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../apps/tctl/test/support/all-commands.ts';
import { requires } from '../support/requires.ts';
import { environment, repository, startCommand, tctl } from './support/command.ts';
import { newDirectory } from './support/suite.ts';
import { hostHas } from './support/tools.ts';

/** tctl(1), as a file. */
async function manual(): Promise<string> {
  const file = join(newDirectory(), 'tctl.1');
  const { code, stdout, stderr } = await tctl('man');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  writeFileSync(file, stdout);
  return file;
}

describe('the manual page', () => {
  it('has nothing that mandoc warns of', async (context) => {
    requires(context, hostHas('mandoc'));
    // A date would make every build another one.
    const checked = await startCommand(['mandoc', '-Tlint', '-Wstyle', await manual()]).ended;
    expect(checked.stdout.split('\n').filter((line) => !/missing date|^$/.test(line))).toEqual([]);
  });

  it('has nothing that groff warns of, and every command', async (context) => {
    requires(context, hostHas('man'), hostHas('groff'));
    const env = environment({ MANWIDTH: '100', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' });
    const { stdout, stderr } = await startCommand(
      ['man', '--warnings', '-E', 'UTF-8', '-l', await manual()],
      {
        env,
      },
    ).ended;
    expect(stderr).toBe('');
    for (const [name] of allCommands) expect(stdout).toMatch(new RegExp(`^ {3}tctl ${name}( |$)`, 'm'));
    // As they are typed: no minus sign, no typographic quote.
    expect(stdout).toMatch(/^ {7}--no-stream$/m);
    expect(stdout).toContain("tctl stats --no-stream --format '{{.Name}} {{.MemUsage}}'");
    expect(stdout).toContain('~/.config/fish/completions/tctl.fish');
    expect(stdout).toContain("'table {{.ID}}\\t{{.Names}}'");
  });

  it('is in the package, for man tctl', async (context) => {
    requires(context, hostHas('man'));
    const { stdout, stderr } = await startCommand(['man', '-l', join(repository, 'apps/tctl/dist/tctl.1')], {
      env: environment({ MANWIDTH: '100' }),
    }).ended;
    expect(stderr).toBe('');
    expect(stdout).toMatch(/tctl - containers for Linux/);
  });
});
