import { describe, expect, it } from 'vitest';
import { tctl, tctlWithInput } from './support/command.ts';
import { newName } from './support/suite.ts';

/** The headings, which are the lines that are not indented. */
const headings = (text: string) =>
  text
    .split('\n')
    .flatMap(
      (line) => /^(Namespaces|File system|Cgroups|Privileges|Start|Supervisor)\b.*$/.exec(line)?.[1] ?? [],
    );

describe('--explain', () => {
  it('prints the program to stderr, group by group, and then runs it', async () => {
    const { code, stdout, stderr } = await tctl(
      'run',
      '--explain',
      '-m',
      '64m',
      'host',
      'sh',
      '-c',
      'echo out; exit 3',
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'out\n' });
    expect(headings(stderr)).toEqual([
      'Namespaces',
      'File system',
      'Cgroups',
      'Privileges',
      'Start',
      'Supervisor',
    ]);
  });

  it('says what and why in each group', async () => {
    const { stderr } = await tctl('run', '--explain', '--hostname', 'box', '-m', '64m', 'host', 'true');
    const groups = stderr.split(/^(?=\w)/m);
    const group = (name: string) => groups.find((text) => text.startsWith(name)) ?? '';
    expect(group('Namespaces')).toMatch(/clone3\(.*CLONE_NEWPID/);
    expect(group('Namespaces')).toContain('sethostname("box", 3)');
    expect(group('File system')).toContain('pivot_root(');
    expect(group('Cgroups')).toMatch(/memory\.(max|limit_in_bytes)/);
    expect(group('Cgroups')).toContain('67108864');
    expect(group('Privileges')).toMatch(/prctl\(PR_SET_NO_NEW_PRIVS/);
    expect(group('Start')).toMatch(/execve/);
    expect(group('Supervisor')).toMatch(/ppoll|wait4/);
    for (const text of groups) expect(text).toMatch(/^ {6}# \S/m);
  });

  it('leaves the container’s own stderr after it', async () => {
    const { stderr } = await tctl('run', '--explain', 'host', 'sh', '-c', 'echo last >&2');
    expect(stderr.endsWith('\nlast\n')).toBe(true);
  });

  it('leaves stdin to the container', async () => {
    const { code, stdout } = await tctlWithInput('text', 'run', '--explain', 'host', 'cat');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'text' });
  });

  it('shows another program for other options', async () => {
    const name = newName();
    const { stderr: pivot } = await tctl('run', '--explain', '--name', name, 'host', 'true');
    const { stderr: chroot } = await tctl(
      'run',
      '--explain',
      '--name',
      name,
      '--no-pivot',
      '--network',
      'host',
      'host',
      'true',
    );
    expect(pivot).toContain('CLONE_NEWNET');
    expect(chroot).not.toContain('CLONE_NEWNET');
    expect(chroot).toMatch(/^ {2}chroot\(/m);
    expect(pivot).not.toMatch(/^ {2}chroot\(/m);
  });

  it('belongs to the command when it follows the image', async () => {
    const finished = await tctl('run', 'host', 'echo', '--explain', '--dry-run');
    expect(finished).toEqual({ code: 0, signal: null, stdout: '--explain --dry-run\n', stderr: '' });
  });
});
