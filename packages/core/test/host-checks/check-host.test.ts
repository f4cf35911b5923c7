import { describe, expect, it } from 'vitest';
import { checkHost } from '../../src/host-checks/check-host.ts';
import type { HostFacts } from '../../src/host-checks/host-check.ts';

const files: Readonly<Record<string, string>> = {
  '/proc/sys/kernel/seccomp/actions_avail': 'kill_process allow\n',
  '/proc/filesystems': 'nodev\tproc\nnodev\toverlay\n',
  '/proc/sys/user/max_user_namespaces': '1000\n',
  '/proc/sys/fs/inotify/max_user_watches': '65536\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/etc/passwd': 'me:x:1000:1000::/home/me:/bin/sh\n',
  '/etc/subuid': 'me:100000:65536\n',
  '/etc/subgid': 'me:100000:65536\n',
};

function facts(
  changes: Partial<HostFacts> = {},
  changedFiles: Readonly<Record<string, string | undefined>> = {},
): HostFacts {
  const all = { ...files, ...changedFiles };
  return {
    uid: 1000,
    gid: 1000,
    arch: 'x64',
    release: '6.1.0-9-amd64',
    cgroups: { mode: 'v2', v2: { mountPoint: '/sys/fs/cgroup' }, v1: new Map() },
    read: (path) => all[path],
    exists: (path) => path.startsWith('/proc/self/ns/'),
    landlockAbi: () => 7,
    helpers: () => ({}),
    delegated: () => ['memory', 'pids'],
    ...changes,
  };
}

const told = (from: HostFacts) =>
  checkHost(from)
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status, hint }) => `${name} ${status}: ${hint}`);

describe('the checks of a machine', () => {
  it('find nothing wrong where all is there', () => {
    expect(told(facts())).toEqual([]);
    expect(new Set(checkHost(facts()).map(({ name }) => name)).size).toBe(14);
  });

  it.each<[string, HostFacts, string]>([
    ['an old kernel', facts({ release: '5.4.0' }), 'kernel missing: Linux 5.12 or newer.'],
    [
      'another machine',
      facts({ arch: 'riscv64' }),
      'architecture missing: Launch programs are for x86-64 and arm64.',
    ],
    [
      'no Landlock',
      facts({ landlockAbi: () => 0 }),
      'landlock degraded: Linux 6.7 or newer, booted with landlock in lsm=; until then --landlock is refused, or in part.',
    ],
    [
      'no cgroups',
      facts({ cgroups: { mode: 'none', v1: new Map() } }),
      'cgroups missing: mount -t cgroup2 none /sys/fs/cgroup',
    ],
    [
      'no memory controller',
      facts({}, { '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io pids' }),
      'controllers degraded: Boot with cgroup_enable=memory or without cgroup_disable=, and mount those of v1.',
    ],
    [
      'no delegated cgroup',
      facts({ delegated: () => undefined }),
      'delegation degraded: For limits: systemd-run --user --scope -p Delegate=yes -- COMMAND',
    ],
    [
      'user namespaces that the distribution forbids',
      facts({}, { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' }),
      'user namespaces missing: sudo sysctl kernel.unprivileged_userns_clone=1',
    ],
    [
      'user namespaces that AppArmor forbids',
      facts({}, { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' }),
      'user namespaces missing: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    [
      'no newuidmap',
      facts({ helpers: () => undefined }),
      'ids degraded: As root: apt install uidmap (shadow-utils on other distributions).',
    ],
    [
      'ids that are lent to others only',
      facts({}, { '/etc/subuid': 'you:100000:65536\n' }),
      'ids degraded: As root: usermod --add-subuids 165536-231071 --add-subgids 165536-231071 me.',
    ],
    [
      'memory files without execution',
      facts({}, { '/proc/sys/vm/memfd_noexec': '2' }),
      'memfd missing: sysctl vm.memfd_noexec=1',
    ],
    [
      'few watches',
      facts({}, { '/proc/sys/fs/inotify/max_user_watches': '128' }),
      'inotify degraded: sysctl fs.inotify.max_user_watches=65536',
    ],
  ])('tell of %s, and what mends it', (_, machine, line) => {
    expect(told(machine)).toContain(line);
  });

  it('ask of root neither a delegated cgroup nor what ordinary users need', () => {
    const forbidden = { '/proc/sys/kernel/unprivileged_userns_clone': '0', '/etc/subuid': undefined };
    expect(told(facts({ uid: 0, helpers: () => undefined, delegated: () => undefined }, forbidden))).toEqual(
      [],
    );
  });

  it('name what a machine without anything lacks, and throw nothing', () => {
    const bare = facts({ read: () => undefined, exists: () => false, helpers: () => undefined });
    const names = checkHost(bare)
      .filter(({ status }) => status !== 'ok')
      .map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'controllers',
        'namespaces',
        'user namespaces',
        'ids',
        'seccomp',
        'overlay',
        'inotify',
      ]),
    );
  });
});
