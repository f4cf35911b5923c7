import { describe, expect, it } from 'vitest';
import { tctl } from './support/command.ts';

describe('tctl run', () => {
  it('takes users and groups by name, from the image', async () => {
    const script = 'grep Groups /proc/self/status';
    const { stdout, code } = await tctl(
      'run',
      '-u',
      '7:8',
      '--group-add',
      '9',
      '--group-add',
      '10',
      'host',
      'sh',
      '-c',
      script,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Groups:\t9 10 *$/m);
    const unknown = await tctl('run', '--group-add', 'no-such-group', 'host', 'true');
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toMatch(/there is no group "no-such-group"/);
  });

  it('gives devices by Docker’s words', async () => {
    const { stdout } = await tctl(
      'run',
      '--device',
      '/dev/zero:/dev/nothing',
      'host',
      'stat',
      '-c',
      '%t,%T',
      '/dev/nothing',
    );
    expect(stdout).toBe('1,5\n');
    const { code, stderr } = await tctl('run', '--device', '/etc/passwd:/dev/x', 'host', 'true');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/is not a device/);
  });

  it('explains Landlock’s rules, and refuses those that are none', async () => {
    const args = [
      '--landlock',
      'read=/',
      '--landlock',
      'write=/tmp',
      '--landlock',
      'connect=443',
      'host',
      'true',
    ];
    const { stdout } = await tctl('run', '--dry-run', ...args);
    expect(stdout).toMatch(/landlock_restrict_self/);
    const { code, stderr } = await tctl('run', '--landlock', 'execute=/', 'host', 'true');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--landlock takes read=PATH/);
  });

  it.each([
    ['apparmor=unconfined', 0, /^$/],
    ['label=disable', 0, /^$/],
    ['apparmor=no\u0001profile', 125, /is no AppArmor profile/],
    ['label=nonsense', 125, /--security-opt takes/],
    ['apparmor', 125, /--security-opt takes/],
  ])('takes --security-opt %j', async (option, code, message) => {
    const { stderr, ...result } = await tctl('run', '--security-opt', option, 'host', 'true');
    expect(stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});
