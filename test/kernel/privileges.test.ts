import { defaultCapabilities } from '@tc/core';
import { type CapabilityName, capabilityNames } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { box, defaults, output, watchLeftovers } from '../support/kernel.ts';
import { runInNode } from '../support/node.ts';
import { requires, tool } from '../support/requires.ts';

watchLeftovers();

async function status(options: Parameters<typeof output>[1], fields: string[]): Promise<string[]> {
  const text = await output('cat /proc/self/status', options);
  return fields.map(
    (field) => new RegExp(`^${field}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(text)?.[1] ?? `no ${field}`,
  );
}

const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];
const mask = (names: readonly CapabilityName[]): string =>
  names
    .reduce((sum, name) => sum | (1n << BigInt(capabilityNames.indexOf(name))), 0n)
    .toString(16)
    .padStart(16, '0');
const none = mask([]);
const usual = mask(defaultCapabilities);

describe('the capabilities', () => {
  it('of root are the default ones in three sets, and none in the inheritable and ambient ones', async () => {
    expect(await status({}, sets)).toEqual([none, usual, usual, usual, none]);
    expect(defaultCapabilities).not.toContain('CAP_MKNOD');
    expect(defaultCapabilities).not.toContain('CAP_SYS_ADMIN');
  });

  it('of an ordinary user are none, and only root could have the default ones again', async () => {
    expect(await status({ user: '1000:1000' }, sets)).toEqual([none, none, none, usual, none]);
  });

  it('are those that are asked for', async () => {
    const some = mask(['CAP_CHOWN', 'CAP_NET_ADMIN', 'CAP_BPF']);
    const options = { capabilities: ['CAP_CHOWN', 'CAP_NET_ADMIN', 'CAP_BPF'] } as const;
    expect(await status(options, sets)).toEqual([none, some, some, some, none]);
    expect(await status({ capabilities: [] }, sets)).toEqual([none, none, none, none, none]);
  });

  it('of a process that Node.js’s own inheritable and ambient ones would reach are the same', async (context) => {
    requires(context, tool('setpriv'));
    const wrapper = ['setpriv', '--inh-caps', '+sys_admin,+mknod', '--ambient-caps', '+sys_admin,+mknod'];
    const check = ['sh', '-c', 'grep CapAmb /proc/self/status >&2; exec "$@"', 'check'];
    const command = ['cat', '/proc/self/status'];
    const { stdout = '' } = await runInNode([...wrapper, ...check], { command, options: defaults() });
    expect(stdout).toMatch(
      `CapInh:\t${none}\nCapPrm:\t${usual}\nCapEff:\t${usual}\nCapBnd:\t${usual}\nCapAmb:\t${none}\n`,
    );
  });
});

describe('a user', () => {
  it('has the ids that are given and no other groups', async () => {
    const ids = await status({ user: '1000:2000' }, ['Uid', 'Gid', 'Groups']);
    expect(ids).toEqual(['1000\t1000\t1000\t1000', '2000\t2000\t2000\t2000', '']);
    expect(await status({}, ['Uid', 'Gid', 'Groups'])).toEqual(['0\t0\t0\t0', '0\t0\t0\t0', '']);
  });

  it('can’t write to the files of root', async () => {
    const { exitCode, stderr } = await box('echo x > /etc/passwd', { user: '1000:1000' });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/Permission denied/);
  });

  it('gets no privilege from a setuid program', async () => {
    const script =
      'cp /usr/bin/id /tmp/suid; chmod 4755 /tmp/suid; setpriv --reuid 1000 --clear-groups /tmp/suid -u';
    const copyOnRoot = 'cp /usr/bin/id /suid; chmod 4755 /suid; setpriv --reuid 1000 --clear-groups /suid -u';
    expect(await output(`${script}; ${copyOnRoot}`)).toBe('1000\n1000\n');
  });
});

describe('a process', () => {
  it('has no_new_privs set', async () => {
    expect(await status({}, ['NoNewPrivs'])).toEqual(['1']);
    expect(await status({ user: '1000' }, ['NoNewPrivs'])).toEqual(['1']);
  });

  it('starts with no signal blocked or ignored', async () => {
    const text = await box(['cat', '/proc/self/status']);
    expect(text.stdout).toMatch('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  it('can’t set the clock or reboot', async (context) => {
    requires(context, tool('perl'));
    // clock_settime(2) to what it is, with CLOCK_REALTIME; reboot(2) with LINUX_REBOOT_CMD_CAD_OFF, which is harmless.
    const [settime, reboot] = { x64: [227, 169], arm64: [112, 142] }[process.arch as 'x64'] ?? [];
    const time = `my $t = pack "QQ", time, 0; print syscall(${settime}, 0, $t), " $!\\n"`;
    const off = `print syscall(${reboot}, 0xfee1dead, 672274793, 0, 0), " $!\\n"`;
    for (const call of [time, off])
      expect(await output(`perl -e '${call}'`)).toBe('-1 Operation not permitted\n');
  });

  it('has a session keyring of its own: keys of Node.js’s are not found', async (context) => {
    requires(context, tool('perl'));
    const [keyctl, addKey] = { x64: [250, 248], arm64: [219, 217] }[process.arch as 'x64'] ?? [];
    // KEYCTL_JOIN_SESSION_KEYRING 1, KEYCTL_SEARCH 10, KEY_SPEC_SESSION_KEYRING -3
    const search = `syscall(${keyctl}, 10, -3, $t, $d, 0) > 0 ? "found" : "not found: $!"`;
    const texts = 'my $t = "user"; my $d = "tctl-test-key"; my $p = "secret";';
    const outside = `${texts} syscall(${keyctl}, 1, 0); syscall(${addKey}, $t, $d, $p, 6, -3) > 0 or die $!; die if "found" ne (${search}); exec @ARGV`;
    const inside = `${texts} print ${search}`;
    // The default filter would not even let it ask.
    const job = {
      command: ['perl', '-e', inside],
      options: { ...defaults(), seccomp: 'unconfined' as const },
    };
    expect((await runInNode(['perl', '-e', outside], job)).stdout).toBe(
      'not found: Required key not available',
    );
  });
});
