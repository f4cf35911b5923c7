import type { RunOptions } from '@tc/core';
import { landlockAbi } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { type Need, requires, tool } from '../support/requires.ts';

watchLeftovers();

const abi =
  (least: number): Need =>
  () =>
    landlockAbi() >= least ? undefined : `Landlock's ABI is ${landlockAbi()}, not ${least}`;

/** The programs of the image and their libraries; sh opens /dev/null. */
const programs = ['/usr', '/bin', '/lib', '/lib64', '/etc'];
const rules = { read: programs, write: ['/tmp', '/dev/null'] };
const noFiles = { landlock: rules, mounts: [] } satisfies Partial<RunOptions>;

const script = `
cat /etc/passwd >/dev/null && echo read
echo x >/tmp/a && cat /tmp/a && mkdir /tmp/d && mv /tmp/a /tmp/d/b && rm -r /tmp/d && echo changed
cat /proc/version; ls /root; echo x >/etc/new; rm /etc/passwd; mkdir /srv/d; true >/etc/passwd; echo x >/dev/full
`;

describe('Landlock', () => {
  it('allows what the rules name, and nothing else, to root inside too', async (context) => {
    requires(context, abi(3));
    const { stdout, stderr } = await box(script, noFiles);
    expect(stdout).toBe('read\nx\nchanged\n');
    expect(stderr.trim().split('\n')).toHaveLength(7);
    expect(stderr.match(/Permission denied/g)).toHaveLength(7);
  });

  it('holds for other users, in user namespaces, with init, and for what joins', async (context) => {
    requires(context, abi(3));
    const user = { uidMap: '0 0 65536', gidMap: '0 0 65536' };
    const denied = 'echo x >/tmp/ok && cat /tmp/ok; echo x >/srv/no; echo x >/dev/full';
    for (const options of [{ user: '1000' }, { namespaces: { user } }, { init: true }]) {
      const { stdout, stderr } = await box(denied, { ...noFiles, ...options });
      expect(stdout).toBe('x\n');
      expect(stderr.match(/Permission denied/g)).toHaveLength(2);
    }
    await using container = await makeContainer('sleep 60', noFiles);
    await container.start();
    const { stdout, stderr } = await container.exec(['sh', '-c', denied]);
    expect(stdout).toBe('x\n');
    expect(stderr.match(/Permission denied/g)).toHaveLength(2);
  });

  it('restricts TCP ports', async (context) => {
    requires(context, abi(4), tool('perl'));
    const perl = `sub to { pack "S n C4 x8", 2, $_[0], 127, 0, 0, 1 }
      sub try_bind { socket my $s, 2, 1, 0; print bind($s, to($_[0])) ? "bound" : "$!", "\\n" }
      sub try_connect { socket my $s, 2, 1, 0; connect $s, to($_[0]); print "$!\\n" }
      try_bind(80); try_bind(81); try_connect(443); try_connect(444)`;
    const command = ['perl', '-e', perl];
    const all = await box(command, { landlock: { bind: [80], connect: [443] } });
    expect(all.stdout).toBe('bound\nPermission denied\nConnection refused\nPermission denied\n');
    const only = await box(command, { landlock: { bind: [] } });
    expect(only.stdout).toBe(
      'Permission denied\nPermission denied\nConnection refused\nConnection refused\n',
    );
  });

  it('does not run a command that may not be read, and says where a path is missing', async (context) => {
    requires(context, abi(3));
    const run = box('true', { landlock: { read: ['/etc'] } });
    expect(await refusal(run)).toMatchObject({ code: 'COMMAND_NOT_EXECUTABLE' });
    const absent = box('true', { landlock: { read: ['/', '/none'] } });
    expect(await refusal(absent)).toMatchObject({ code: 'LANDLOCK_PATH_NOT_FOUND' });
  });

  it('names paths of the container, wherever its mounts and links lead', async (context) => {
    requires(context, abi(3));
    const source = newDirectory();
    const read = ['/'];
    const { stdout, stderr } = await box('ln -s /srv /x; echo x >/srv/a && echo y >/tmp/b', {
      landlock: { read, write: ['/srv', '/dev/null'] },
      mounts: [{ source, target: '/srv' }],
    });
    expect(stdout).toBe('');
    expect(stderr.match(/Permission denied/g)).toHaveLength(2);
  });

  it('is refused where the kernel can do less, or left out in part with a warning', async (context) => {
    requires(context, () => (landlockAbi() < 4 ? undefined : 'this kernel has all of it'));
    const landlock = { connect: [443] };
    expect(await refusal(box('true', { landlock }))).toMatchObject({ code: 'LANDLOCK_UNSUPPORTED' });
    const { exitCode, warnings } = await box('true', { landlock, onUnsupported: 'warn' });
    expect(exitCode).toBe(0);
    expect(warnings.join()).toMatch(/ports/);
  });

  it('keeps files from being written on older kernels as well, if asked leniently', async (context) => {
    requires(context, abi(1));
    const { stderr } = await box('echo x >/srv/no', { ...noFiles, onUnsupported: 'warn' });
    expect(stderr).toMatch(/Permission denied/);
  });
});
