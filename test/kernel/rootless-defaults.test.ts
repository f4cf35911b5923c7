/**
 * What SECURITY.md says of a container made with no options, for one of an ordinary user, who is root in a user namespace
 * of its own: with ids of /etc/subuid, and alone.
 */
import { readlinkSync } from 'node:fs';
import { defaultCapabilities } from '@tc/core';
import { capabilityNames } from '@tc/linux';
import { describe, expect, it, type TestContext } from 'vitest';
import { syscalls } from '../../packages/core/src/security/seccomp/syscall-names.ts';
import { newName, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, canMapIds, ordinaryUser } from '../support/ordinary-user.ts';
import { requires, tool } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const numbers = syscalls[process.arch === 'arm64' ? 'arm64' : 'x64'];
const kinds = {
  'with ids of /etc/subuid': { uids: 'nobody:200000:65536\n', gids: 'nobody:200000:65536\n' },
  alone: undefined,
};

/** What a script prints in a container of an ordinary user's. */
async function inside(
  ids: (typeof kinds)['alone' | 'with ids of /etc/subuid'],
  script: string,
): Promise<string> {
  const options = {
    rootfs: { path: hostRoot, mode: 'overlay' },
    name: newName(),
    timeout: scaled(30_000),
  } as const;
  const user = ordinaryUser(ids === undefined ? { uid: 4242 } : { subordinateIds: ids });
  const answer = await user.run({ command: ['sh', '-c', script], options });
  expect(answer).toMatchObject({ exitCode: 0, reason: 'exit' });
  return answer.stdout ?? '';
}

describe.each(Object.entries(kinds))('a container of an ordinary user %s', (_, ids) => {
  const needs = (context: TestContext) =>
    requires(context, canBeOrdinary, tool('perl'), ...(ids === undefined ? [] : [canMapIds]));

  it('lives in namespaces of its own, and sees its own processes and loopback alone', async (context) => {
    needs(context);
    const names = ['mnt', 'pid', 'uts', 'ipc', 'net', 'user'];
    const script = `for n in ${names.join(' ')}; do readlink /proc/self/ns/$n; done; echo $$; ls /proc | grep -c '^[0-9]'; tail -n +3 /proc/net/dev | cut -d: -f1`;
    const lines = (await inside(ids, script)).trim().split('\n');
    for (const [index, name] of names.entries())
      expect(lines[index]).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
    const [pid, count, ...interfaces] = lines.slice(names.length).map((line) => line.trim());
    expect([pid, interfaces]).toEqual(['1', ['lo']]);
    expect(Number(count)).toBeLessThanOrEqual(4);
  });

  it('has the default capabilities in three sets, no_new_privs, a filter, and no group of the caller', async (context) => {
    needs(context);
    const text = await inside(ids, 'cat /proc/self/status');
    const mask = defaultCapabilities.reduce(
      (sum, name) => sum | (1n << BigInt(capabilityNames.indexOf(name))),
      0n,
    );
    const usual = mask.toString(16).padStart(16, '0');
    const none = '0'.repeat(16);
    for (const [field, value] of Object.entries({
      CapInh: none,
      CapPrm: usual,
      CapEff: usual,
      CapBnd: usual,
      CapAmb: none,
      NoNewPrivs: '1',
      Seccomp: '2',
    }))
      expect(text).toMatch(new RegExp(`^${field}:\\t${value}$`, 'm'));
    expect(text).toMatch(/^Groups:\t *$/m);
  });

  it('finds nothing behind the masks, and no setting that can be changed', async (context) => {
    needs(context);
    const script = `
      for f in kcore keys interrupts timer_list sched_debug; do [ -e /proc/$f ] && head -c 1 /proc/$f; done
      for d in /proc/acpi /proc/scsi /sys/firmware; do [ -d $d ] && ls $d; done
      for f in sys/kernel/core_pattern sys/vm/overcommit_memory sysrq-trigger sys/net/ipv4/ip_forward; do (echo 1 >/proc/$f) 2>/dev/null && echo wrote $f; done
      (echo 1 >/sys/kernel/uevent_helper) 2>/dev/null && echo wrote
      for f in $(find /sys/fs/cgroup -type f -perm -200 2>/dev/null); do (echo 1 >$f) 2>/dev/null && echo wrote $f; done
      find /sys/fs/cgroup -type d -exec mkdir {}/mine \\; 2>/dev/null; true`;
    expect(await inside(ids, script)).toBe('');
  });

  it('has no device but the usual ones, and can make none', async (context) => {
    needs(context);
    const script = `cd /dev; for f in *; do [ -c $f ] || [ -b $f ] && [ ! -L $f ] && echo $f; done
      mknod /dev/disk b 7 0 2>/dev/null && echo made; mknod /tmp/disk b 7 0 2>/dev/null && echo made; true`;
    expect((await inside(ids, script)).trim().split('\n')).toEqual([
      'full',
      'null',
      'random',
      'tty',
      'urandom',
      'zero',
    ]);
  });

  it('has the standard streams open, and nothing else', async (context) => {
    needs(context);
    expect((await inside(ids, 'ls /proc/self/fd')).trim().split('\n')).toEqual(['0', '1', '2', '3']); // 3 is ls’s own
  });

  it('may make no namespace or mount, and has none of the calls that two could meet at', async (context) => {
    needs(context);
    const AF_VSOCK = 40;
    const TIOCSTI = 0x5412;
    const call = (name: string, ...args: (number | string)[]) =>
      `$! = 0; print "${name} ", syscall(${numbers.get(name)}, ${args.join(', ')}) < 0 ? $! + 0 : "allowed", "\\n";`;
    const perl = [
      call('unshare', 0x10000000),
      call('unshare', 0x20000),
      call('mount', '$s', '$s', '$s', 0, 0),
      call('keyctl', 0, -4, 0),
      call('add_key', '$s', '$s', '$s', 1, -4),
      call('io_uring_setup', 1, '$b'),
      call('bpf', 0, '$b', 64),
      call('perf_event_open', '$b', 0, -1, -1, 0),
      call('userfaultfd', 0),
      call('socket', AF_VSOCK, 1, 0),
      call('socket', `${AF_VSOCK} + (1 << 32)`, 1, 0),
      call('ioctl', 0, TIOCSTI, '$s'),
      call('ioctl', 0, `${TIOCSTI} + (1 << 32)`, '$s'),
    ].join(' ');
    const lines = (await inside(ids, `perl -e 'my ($s, $b) = ("x", "\\0" x 120); ${perl}'`))
      .trim()
      .split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.filter((line) => !/ 1$/.test(line))).toEqual([]); // EPERM
  });

  it('is not joined by a command with more, and leaves its launcher alone (CVE-2019-5736)', async (context) => {
    needs(context);
    const script = `exec 3</proc/self/exe; perl -e 'for my $exe (glob "/proc/[0-9]*/exe") { print "written" if open(my $f, "+<", $exe) && syswrite($f, "x") }'; echo tried`;
    expect(await inside(ids, script)).toBe('tried\n');
  });
});
