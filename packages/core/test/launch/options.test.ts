import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { notation } from '../../src/launch/explain.ts';
import { layerName, maxLayers } from '../../src/launch/layers.ts';
import type { CallStep } from '../../src/launch/program.ts';
import type { UserNamespaceSpec } from '../../src/launch/spec.ts';
import { droppedCapabilities, startContainer } from './processes.ts';
import { bindMount, makeSpec, planV1, planV2, rootless } from './specs.ts';

/** Every call of the program in strace's notation. */
function callsFor(changes: Parameters<typeof makeSpec>[0] = {}): string[] {
  const { steps } = compileLaunch(makeSpec(changes));
  return steps.filter((step): step is CallStep => step.op === 'call').map(notation);
}

const matching = (calls: readonly string[], pattern: RegExp) => calls.filter((call) => pattern.test(call));
const clone = (changes?: Parameters<typeof makeSpec>[0]) => matching(callsFor(changes), / = clone3\(/).join();

describe('namespaces', () => {
  it('are new for mounts, processes, IPC, host name and network by default', () => {
    expect(clone()).toBe(
      'pid = clone3({flags=CLONE_PIDFD|CLONE_NEWNS|CLONE_NEWPID|CLONE_NEWIPC|CLONE_NEWUTS|CLONE_NEWNET, exit_signal=SIGCHLD}, 88)',
    );
    expect(callsFor()).toContain('unshare(CLONE_NEWCGROUP)');
  });

  it('keep the host’s name where that was asked for', () => {
    const changes = { namespaces: { uts: false }, hostname: undefined };
    expect(clone(changes)).not.toContain('CLONE_NEWUTS');
    expect(matching(callsFor(changes), /^sethostname/)).toEqual([]);
    expect(callsFor()).toContain('sethostname("box", 3)');
  });

  it('keep the host’s network where that was asked for, and leave its loopback alone', () => {
    const changes = { namespaces: { net: false } };
    expect(clone(changes)).not.toContain('CLONE_NEWNET');
    expect(matching(callsFor(changes), /socket|ioctl/)).toEqual([]);
    expect(matching(callsFor(), /ioctl\(socket, SIOCSIFFLAGS/)).toHaveLength(1);
  });

  it('join the network of another container before the clone, and leave its loopback alone', () => {
    const changes = { namespaces: { net: false, joinNetwork: true } };
    const calls = callsFor(changes);
    expect(calls.indexOf('setns(4, CLONE_NEWNET)')).toBeLessThan(
      calls.findIndex((call) => call.includes('clone3(')),
    );
    expect(clone(changes)).not.toContain('CLONE_NEWNET');
    expect(matching(calls, /socket|SIOCSIFFLAGS/)).toEqual([]);
    expect(matching(callsFor(), /setns/)).toEqual([]);
  });

  it('have the sysfs of a network that is joined made where that is allowed', () => {
    const sysfs = (user: UserNamespaceSpec | undefined) => {
      const calls = callsFor({ namespaces: { net: false, joinNetwork: true, user } });
      const cloned = calls.findIndex((call) => call.includes('clone3('));
      const made = calls.findIndex((call) => call.includes('fsopen("sysfs"'));
      return made === -1 ? 'nowhere' : made < cloned ? 'supervisor' : 'container';
    };
    expect(sysfs(undefined)).toBe('container');
    expect(sysfs(rootless)).toBe('supervisor');
    expect(sysfs({ ...rootless, mapper: 'joined' })).toBe('container');
  });

  it('of an ordinary user join the user namespace with the network, in place of a new one', () => {
    const changes = {
      namespaces: { net: false, joinNetwork: true, user: { ...rootless, mapper: 'joined' } },
    } as const;
    const calls = callsFor(changes);
    const joined = calls.indexOf('setns(user_fd, CLONE_NEWUSER)');
    expect(calls[joined - 1]).toBe('user_fd = ioctl(4, NS_GET_USERNS)');
    expect(joined).toBeLessThan(calls.indexOf('setns(4, CLONE_NEWNET)'));
    expect(clone(changes)).not.toContain('CLONE_NEWUSER');
    expect(matching(calls, /uid_map|gid_map|go_read/)).toEqual([]);
    expect(calls).toContain('setresuid(0, 0, 0)');
  });

  it('have no cgroup namespace where that was not asked for', () => {
    expect(callsFor({ namespaces: { cgroup: false } })).not.toContain('unshare(CLONE_NEWCGROUP)');
  });

  it('map the users of a user namespace from outside, and give setgroups up first', () => {
    const calls = callsFor({ namespaces: { user: rootless } });
    expect(clone({ namespaces: { user: rootless } })).toContain('CLONE_NEWUSER');
    const writes = matching(calls, /^write\(fd, /).filter((call) => /deny|1000/.test(call));
    expect(writes).toEqual(['write(fd, "deny", 4)', 'write(fd, "0 1000 1", 8)', 'write(fd, "0 1000 1", 8)']);
    expect(matching(calls, /^setgroups/)).toEqual([]); // refused once "deny" is written
  });

  it('leave setgroups alone in a user namespace that root makes', () => {
    const calls = callsFor({ namespaces: { user: { ...rootless, denySetgroups: false } } });
    expect(matching(calls, /"deny"/)).toEqual([]);
    expect(calls).toContain('setgroups(0, NULL)');
  });

  it('bind the host’s device files in a user namespace, where mknod is refused', () => {
    const calls = callsFor({ namespaces: { user: rootless } });
    expect(matching(calls, /S_IFCHR/)).toEqual([]);
    expect(matching(calls, /open_tree\(AT_FDCWD, "\/dev\/(null|zero|full|random|urandom|tty)"/)).toHaveLength(
      6,
    );
    expect(callsFor()).toContain('mknodat(AT_FDCWD, "dev/null", S_IFCHR|0666, makedev(1, 3))');
  });

  it('set the clocks of a time namespace before anyone is born into it', () => {
    const calls = callsFor({ namespaces: { time: { offsets: 'monotonic 10 0\n' } } });
    const write = calls.indexOf('write(fd, "monotonic 10 0\\n", 15)');
    expect(calls.indexOf('unshare(CLONE_NEWTIME)')).toBeLessThan(write);
    expect(write).toBeLessThan(calls.findIndex((call) => call.includes('clone3(')));
    expect(matching(callsFor(), /CLONE_NEWTIME/)).toEqual([]);
  });
});

describe('the root file system', () => {
  const seal = 'mount_setattr(root_fd, "", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_RDONLY}, 32)';

  it('is writable and without devices by default', () => {
    expect(callsFor()).not.toContain(seal);
    expect(callsFor()).toContain(
      'mount_setattr(root_fd, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_NODEV}, 32)',
    );
  });

  it('is read-only from the first, with all that is mounted below it, where nobody writes', () => {
    const calls = callsFor({ rootfs: { mode: 'ro' } });
    const readOnly =
      /mount_setattr\(root_fd, "", AT_EMPTY_PATH\|AT_RECURSIVE, \{attr_set=MOUNT_ATTR_NODEV\|MOUNT_ATTR_RDONLY\}/;
    expect(matching(calls, readOnly)).toHaveLength(1);
    expect(calls).not.toContain(seal);
  });

  it('is sealed at the end where only mount points are made in an overlay', () => {
    const calls = callsFor({ rootfs: { mode: 'overlay-ro' } });
    expect(
      matching(calls, /mount_setattr\(overlay_fd, "", AT_EMPTY_PATH, \{attr_set=MOUNT_ATTR_RDONLY\}/),
    ).toHaveLength(1);
  });

  it('is layered over where it is an overlay, without devices too', () => {
    const calls = callsFor({ rootfs: { mode: 'overlay' } });
    const options = matching(calls, /fsconfig\(fs, FSCONFIG_SET_STRING, "(lower|upper|work)dir"/);
    expect(options.map((call) => call.split(', ')[3])).toEqual(['"0"', '"upper"', '"work"']);
    expect(calls).toContain('overlay_fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV)');
    expect(calls).not.toContain(seal);
  });

  it('has each of several layers below a short name, the topmost first', () => {
    const layers = ['/host/top', '/host/base'] as const;
    const calls = callsFor({ rootfs: { mode: 'overlay', layers } });
    expect(calls).toContain('fsconfig(fs, FSCONFIG_SET_STRING, "lowerdir", "0:1", 0)');
    layers.forEach((layer, index) => {
      const at = calls.findIndex((call) => call.includes(`open_tree(AT_FDCWD, "${layer}", `));
      expect(calls[at]).not.toContain('AT_RECURSIVE');
      expect(calls[at + 1]).toContain(`, AT_FDCWD, "${index}", `);
    });
    const names = Array.from({ length: maxLayers }, (_, index) => layerName(index));
    expect(new Set(names).size).toBe(maxLayers);
    expect(names.join(':').length).toBeLessThan(256); // fsconfig(2)
    expect(
      names.filter((name) => ['dev', 'tmp', 'shm', 'upper', 'work', 'root', 'disk'].includes(name)),
    ).toEqual([]);
  });

  it('keeps what is written in the upper directory that it is given, which the supervisor locks', () => {
    const calls = callsFor({ rootfs: { mode: 'overlay', upper: '/host/upper' } });
    expect(calls).toContain('fsconfig(fs, FSCONFIG_SET_STRING, "upperdir", "disk/upper", 0)');
    expect(calls).toContain('fsconfig(fs, FSCONFIG_SET_STRING, "workdir", "disk/work", 0)');
    const locked = calls.indexOf('flock(upper_fd, LOCK_EX|LOCK_NB)');
    expect(calls[locked - 1]).toContain('"/host/upper"');
    expect(locked).toBeLessThan(calls.findIndex((call) => call.includes('clone3(')));
  });

  it('keeps overlayfs’s marks in user attributes in a user namespace', () => {
    const flag = /FSCONFIG_SET_FLAG, "userxattr", NULL/;
    const rootfs = { mode: 'overlay' } as const;
    expect(matching(callsFor({ rootfs, namespaces: { user: rootless } }), flag)).toHaveLength(1);
    expect(matching(callsFor({ rootfs }), flag)).toEqual([]);
  });

  it('is entered by chroot where pivot_root can’t work', () => {
    const calls = callsFor({ rootfs: { enter: 'chroot' } });
    expect(calls).toContain('chroot(".")');
    expect(matching(calls, /pivot_root|umount2/)).toEqual([]);
    expect(matching(calls, /move_mount\(root_fd, "", AT_FDCWD, "\/"/)).toHaveLength(1);
  });
});

describe('cgroups', () => {
  it('are left out of a program without a plan', () => {
    expect(matching(callsFor(), /\/cg|tasks|CLONE_INTO_CGROUP|cgroup\//)).toEqual([]);
  });

  it('of v1 are joined by writing 0 to each tasks file', () => {
    const calls = callsFor({ cgroup: planV1 });
    expect(matching(calls, /^write\(tasks_fd/)).toEqual([
      'write(tasks_fd0, "0", 1)',
      'write(tasks_fd1, "0", 1)',
    ]);
    expect(clone({ cgroup: planV1 })).not.toContain('CLONE_INTO_CGROUP');
  });

  it('of v2 are born into', () => {
    const calls = callsFor({ cgroup: planV2 });
    expect(clone({ cgroup: planV2 })).toContain('CLONE_PIDFD|CLONE_INTO_CGROUP|');
    expect(matching(calls, /openat\(AT_FDCWD, "\/host\/cg\/tctl-box", /)).toHaveLength(1);
    expect(matching(calls, /"0", 1/)).toEqual([]);
  });

  it('are removed in the reverse order', () => {
    const removed = matching(callsFor({ cgroup: planV1 }), /unlinkat.*tctl-box.*AT_REMOVEDIR/);
    expect(removed.map((call) => call.split('"')[1])).toEqual(planV1.directories.toReversed());
  });

  it('of v1 are shown below their names and, where two share one, below each', () => {
    const calls = callsFor({ cgroup: planV1 });
    expect(calls).toContain('symlinkat("cpu,cpuacct", AT_FDCWD, "cgroup/cpu")');
    expect(calls).toContain('symlinkat("cpu,cpuacct", AT_FDCWD, "cgroup/cpuacct")');
    expect(matching(calls, /open_tree\(AT_FDCWD, "\/host\/cg\/memory\/tctl-box"/)).toHaveLength(1);
  });
});

describe('the process', () => {
  it.each([
    { keep: [0, 5, 40], dropped: 38 },
    { keep: [0, 0, 40, 40], dropped: 39 }, // twice is not the next one
    { keep: [], dropped: 41 },
    { keep: Array.from({ length: 41 }, (_, capability) => capability), dropped: 0 },
  ])('keeps in its bounding set what it was given, and nothing else: $keep', ({ keep, dropped }) => {
    const program = compileLaunch(makeSpec({ process: { capabilities: keep } }));
    const gone = droppedCapabilities(startContainer(program));
    expect(gone).toHaveLength(dropped);
    expect(gone.filter((capability) => keep.includes(capability))).toEqual([]);
  });

  it('has its capabilities as root', () => {
    expect(matching(callsFor(), /^capset/)).toEqual([
      'capset({_LINUX_CAPABILITY_VERSION_3, 0}, {effective=permitted={CAP_CHOWN, CAP_KILL}, inheritable={}})',
    ]);
  });

  it('has no capability as another user', () => {
    expect(matching(callsFor({ process: { uid: 1000 } }), /^capset/).join()).toContain(
      '{effective=permitted={none}, inheritable={}}',
    );
  });

  it('becomes the user, the group and the additional groups', () => {
    const calls = callsFor({ process: { uid: 7, gid: 8, additionalGids: [9, 10] } });
    for (const call of ['setresuid(7, 7, 7)', 'setresgid(8, 8, 8)', 'setgroups(2, [9, 10])']) {
      expect(calls).toContain(call);
    }
  });

  it('has its umask and its working directory, which is made', () => {
    const calls = callsFor({ process: { umask: 0o27, cwd: '/srv/work' } });
    expect(calls).toContain('umask(027)');
    expect(calls).toContain('chdir("/srv/work")');
    expect(matching(calls, /mkdirat\(\w+, "(srv|work)"/)).toEqual([
      'mkdirat(AT_FDCWD, "srv", 0755)',
      'mkdirat(parent_fd, "work", 0755)',
    ]);
  });

  it.each([
    ['ls', ['PATH=/a:/b/c'], ['/a/ls', '/b/c/ls']],
    ['ls', ['PATH=:/a:'], ['./ls', '/a/ls', './ls']],
    ['ls', ['HOME=/'], ['/usr/local/bin/ls', '/usr/bin/ls', '/bin/ls']],
    ['./ls', ['PATH=/a:/b'], ['./ls']],
    ['/x/ls', ['PATH=/a:/b'], ['/x/ls']],
  ])('looks %j up in %j', (command, env, paths) => {
    const executed = matching(callsFor({ process: { argv: [command, '-l'], env } }), /= execve\(/);
    expect(executed.map((call) => call.split('"')[1])).toEqual(paths);
    expect(executed[0]).toBe(
      `result = execve("${paths[0]}", ["${command}", "-l"], [/* ${env.length} variables */])`,
    );
  });
});

describe('the timeout', () => {
  it('is kept by a timer of the supervisor', () => {
    const calls = callsFor({ timeoutMs: 1500 });
    expect(calls).toContain('timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)');
    expect(calls).toContain('timerfd_settime(timer_fd, 0, {it_value=1.5s}, NULL)');
    expect(matching(callsFor(), /timerfd/)).toEqual([]);
  });

  it('is polled for only where there is one', () => {
    const polls = (changes = {}) => matching(callsFor(changes), /^ppoll\(\[\{the end/);
    expect(polls()).toEqual(['ppoll([{the end}, {control}], 2, NULL, NULL, 8)']);
    expect(polls({ timeoutMs: 1 })).toEqual(['ppoll([{the end}, {control}, {timer}], 3, NULL, NULL, 8)']);
  });
});

describe('mounts', () => {
  const mount = (changes: Parameters<typeof bindMount>[0] = {}) => ({
    mounts: [bindMount({ source: '/host/it', target: '/srv/it', ...changes })],
  });
  /** The call that follows the copy of the source. */
  const restriction = (changes: Parameters<typeof bindMount>[0]) => {
    const calls = callsFor(mount(changes));
    return calls[calls.findIndex((call) => call.includes('open_tree(AT_FDCWD, "/host/it"')) + 1];
  };

  it('are cloned from the host and carry no devices', () => {
    expect(restriction({})).toContain('AT_RECURSIVE, {attr_set=MOUNT_ATTR_NODEV}');
  });

  it('are read-only down to the last mount below where that was asked for', () => {
    expect(restriction({ readOnly: true })).toContain(
      'AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NODEV}',
    );
  });

  it('come without what is mounted below where that was asked for', () => {
    expect(restriction({ recursive: false })).toContain('"", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_NODEV}');
    const opened = (recursive: boolean) => matching(callsFor(mount({ recursive })), /"\/host\/it"/)[0];
    expect(opened(true)).toContain('|AT_RECURSIVE)');
    expect(opened(false)).not.toContain('AT_RECURSIVE');
  });

  it('are copied while they can still be in a peer group, and leave it but for shared ones', () => {
    for (const [propagation, set] of [
      ['private', 0x40000],
      ['slave', 0x80000],
      ['shared', 0],
    ] as const) {
      const { calls, memory } = startContainer(compileLaunch(makeSpec(mount({ propagation }))));
      const at = calls.findIndex(({ strings }) => strings.includes('/host/it'));
      expect(at).toBeLessThan(calls.findIndex(({ name }) => name === 'mount'));
      const attributes = calls[at + 1]?.args[3];
      if (typeof attributes !== 'object') throw new Error('no struct mount_attr');
      expect(memory.of(attributes.datum).readBigUInt64LE(16)).toBe(BigInt(set));
    }
  });

  it('that are shared come last, so that none lands on them, and go through no link', () => {
    const shared = bindMount({ source: '/host/shared', target: '/a', propagation: 'shared' });
    const calls = callsFor({ mounts: [shared, bindMount({ target: '/b' })] });
    const opened = matching(calls, /openat2\(AT_FDCWD, "\/[ab]"/);
    expect(opened.map((call) => /"(.*?)".*resolve=(\S+)\}/.exec(call)?.slice(1))).toEqual([
      ['/b', 'RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS'],
      ['/a', 'RESOLVE_IN_ROOT|RESOLVE_NO_SYMLINKS'],
    ]);
  });

  it.each([
    ['directory', 'mkdirat(parent_fd, "it", 0755)'],
    ['file', 'mknodat(parent_fd, "it", S_IFREG|0644, 0)'],
  ] as const)('go onto a %s where the source is one', (sourceType, call) => {
    expect(callsFor(mount({ sourceType }))).toContain(call);
  });

  it('resolve their target inside the root, whatever links the image holds', () => {
    expect(callsFor(mount()).join('\n')).toContain(
      'openat2(AT_FDCWD, "/srv/it", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}, 24)',
    );
  });

  it('of a tmpfs have its mode and size, and no devices or setuid programs', () => {
    const tmpfs = { type: 'tmpfs', target: '/scratch', readOnly: true, sizeBytes: 4096, mode: 0o70 } as const;
    const calls = callsFor({ mounts: [tmpfs] });
    for (const call of [
      'fsconfig(fs, FSCONFIG_SET_STRING, "mode", "0070", 0)',
      'fsconfig(fs, FSCONFIG_SET_STRING, "size", "4096", 0)',
      'tmpfs_fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_RDONLY)',
      'mkdirat(AT_FDCWD, "scratch", 0755)',
    ]) {
      expect(calls).toContain(call);
    }
    expect(matching(callsFor({ mounts: [{ ...tmpfs, sizeBytes: undefined }] }), /"size"/)).toEqual([]);
  });
});
