import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cgroupMode } from '../support/requires.ts';
import { environment, repository, startCommand } from './support/command.ts';
import './support/suite.ts';

const directory = 'examples/containers-from-scratch';
const page = readFileSync(join(repository, 'docs/containers-from-scratch.md'), 'utf8');
const scripts = readdirSync(join(repository, directory)).sort();

/** What the page shows below the link to a script: of several, that for this machine's cgroups. */
function shown(script: string): string {
  const after = page.slice(page.indexOf(`(../${directory}/${script})`));
  const wanted = cgroupMode === 'v2' ? 'v2' : 'v1';
  const block = new RegExp(`^\`\`\`text(?: ${wanted})?\n(.*?)^\`\`\``, 'ms').exec(after);
  return block?.[1] ?? expect.unreachable(`nothing is shown of ${script}`);
}

/** Without what differs from machine to machine and from run to run. */
const comparable = (output: string) =>
  output
    .replace(/^\S+(, uts:)/gm, 'NAME$1')
    .replace(/^container(?=, )/gm, 'NAME')
    .replace(/(?<=^interfaces: lo).+/gm, ' …')
    .replace(/(?<=in \/proc is )\w+(?=, not me)/g, 'INIT')
    .replace(/(?<=(?:max|oom|oom_kill) )[1-9]\d*/g, 'SOME')
    .replace(/(?<=uts:\[)\d+/g, 'N')
    .trimEnd();

describe('containers from scratch', () => {
  it('has a page that shows every script', () => {
    expect(scripts.length).toBe(8);
    for (const script of scripts) expect(page).toContain(`(../${directory}/${script})`);
  });

  it.each(scripts)(
    'can be read at a glance: %s has fewer than 60 lines, and names its man page',
    (script) => {
      const text = readFileSync(join(repository, directory, script), 'utf8');
      expect(text.split('\n').length - 1).toBeLessThan(60);
      expect(text).toMatch(/^\/\/ \d\. .*node examples\/containers-from-scratch\//);
      expect(text).toMatch(/\w\([257]\)/);
    },
  );

  it.each(scripts)('prints what the page shows: %s', async (script) => {
    const command = [process.execPath, join(directory, script)];
    const { code, stdout, stderr } = await startCommand(command, { cwd: repository, env: environment() })
      .ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(comparable(stdout)).toBe(comparable(shown(script)));
  });
});
