import { type CapabilityName, capabilityNames, syscallNumbers } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { compileSeccomp } from '../../../src/security/seccomp/compile.ts';
import { defaultSeccompProfile } from '../../../src/security/seccomp/default-profile.ts';
import { lastSyscall, syscalls } from '../../../src/security/seccomp/syscall-names.ts';
import { simulate, verify } from './bpf-simulator.ts';

const allowed = 0x7fff0000;
const refused = 0x50001; // EPERM
const absent = 0x50026; // ENOSYS
const killed = 0x80000000;
const audit = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

const numbersOf = (names: readonly CapabilityName[]) => names.map((name) => capabilityNames.indexOf(name));

describe.each(['x64', 'arm64'] as const)('the default filter on %s', (arch) => {
  const filter = compileSeccomp(defaultSeccompProfile, { arch, capabilities: [] });
  const call = (name: string, args: readonly bigint[] = [], capabilities?: readonly CapabilityName[]) => {
    const nr = syscalls[arch].get(name);
    if (nr === undefined) throw new Error(`${arch} has no ${name}`);
    const own =
      capabilities === undefined
        ? filter
        : compileSeccomp(defaultSeccompProfile, { arch, capabilities: numbersOf(capabilities) });
    return simulate(own, { nr, arch: audit[arch], args });
  };

  it('is one that the kernel takes', () => {
    verify(filter);
  });

  it.each([
    ...['read', 'write', 'openat', 'execve', 'exit_group', 'mmap', 'futex', 'ppoll', 'getrandom', 'wait4'],
    ...['prctl', 'umask', 'chdir', 'rt_sigtimedwait', 'kill', 'statx', 'mknodat', 'seccomp', 'close_range'],
  ])('lets programs call %s', (name) => {
    expect(call(name)).toBe(allowed);
  });

  it.each([
    ...['keyctl', 'add_key', 'request_key', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'bpf'],
    ...['perf_event_open', 'userfaultfd', 'mount', 'umount2', 'pivot_root', 'unshare', 'setns', 'fsopen'],
    ...['open_tree', 'move_mount', 'mount_setattr', 'kexec_load', 'init_module', 'finit_module', 'reboot'],
    ...['swapon', 'settimeofday', 'clock_settime', 'open_by_handle_at', 'name_to_handle_at', 'quotactl'],
    ...[
      'acct',
      'sethostname',
      'syslog',
      'kcmp',
      'pidfd_getfd',
      'vhangup',
      'nfsservctl',
      'chroot',
      'statmount',
    ],
  ])('refuses %s', (name) => {
    expect(call(name)).toBe(refused);
  });

  it('lets through what capabilities are for, where the container has them', () => {
    expect(call('mount', [], ['CAP_SYS_ADMIN'])).toBe(allowed);
    expect(call('clone3', [], ['CAP_SYS_ADMIN'])).toBe(allowed);
    expect(call('unshare', [0x10000000n], ['CAP_SYS_ADMIN'])).toBe(allowed);
    expect(call('chroot', [], ['CAP_SYS_CHROOT'])).toBe(allowed);
    expect(call('bpf', [], ['CAP_BPF'])).toBe(allowed);
    expect(call('keyctl', [], ['CAP_SYS_ADMIN'])).toBe(refused);
  });

  it('sees new namespaces in clone, and sends a C library back to it from clone3', () => {
    const threadFlags = 0x3d0f00n;
    expect(call('clone', [threadFlags])).toBe(allowed);
    for (const flag of [
      0x00020000n,
      0x02000000n,
      0x04000000n,
      0x08000000n,
      0x10000000n,
      0x20000000n,
      0x40000000n,
    ])
      expect(call('clone', [threadFlags | flag])).toBe(refused);
    expect(call('clone3')).toBe(absent);
  });

  it('refuses to type into a terminal, whatever is in the high half of the request (CVE-2017-5226)', () => {
    const TIOCSTI = 0x5412n;
    const TIOCLINUX = 0x541cn;
    for (const high of [0n, 1n, 0xffffffffn]) {
      expect(call('ioctl', [0n, (high << 32n) | TIOCSTI])).toBe(refused);
      expect(call('ioctl', [0n, (high << 32n) | TIOCLINUX])).toBe(refused);
    }
    const TIOCGWINSZ = 0x5413n;
    expect(call('ioctl', [0n, TIOCGWINSZ])).toBe(allowed);
  });

  it('has sockets of the network, and none to the hypervisor, whatever is in the high half of the family', () => {
    for (const family of [1n, 2n, 10n, 16n]) expect(call('socket', [family])).toBe(allowed);
    for (const high of [0n, 1n, 0xffffffffn]) expect(call('socket', [(high << 32n) | 40n])).toBe(refused);
  });

  it('has the personalities of ordinary programs only', () => {
    for (const persona of [0n, 8n, 0x20000n, 0x20008n, 0xffffffffn])
      expect(call('personality', [persona])).toBe(allowed);
    expect(call('personality', [0x0040000n])).toBe(refused); // ADDR_NO_RANDOMIZE
    expect(call('personality', [0x100000000n])).toBe(refused);
  });

  it('ends a process of another ABI, and knows no x32', () => {
    const i386 = 0x40000003;
    expect(simulate(filter, { nr: 4, arch: i386 })).toBe(killed);
    expect(simulate(filter, { nr: 0x40000000, arch: audit[arch] })).toBe(absent);
    expect(simulate(filter, { nr: 0x40000000 + 250, arch: audit[arch] })).toBe(absent);
  });

  it('says of calls that are newer than itself that they are not there', () => {
    expect(simulate(filter, { nr: lastSyscall + 1, arch: audit[arch] })).toBe(absent);
    expect(simulate(filter, { nr: -1, arch: audit[arch] })).toBe(absent);
  });
});

describe('the table of system calls', () => {
  it('agrees with the numbers that launch programs use', () => {
    for (const [name, [x64, arm64]] of Object.entries(syscallNumbers)) {
      expect(syscalls.x64.get(name), name).toBe(x64);
      expect(syscalls.arm64.get(name === 'fstatat' ? 'newfstatat' : name), name).toBe(arm64);
    }
  });

  it('has all names that the default profile allows', () => {
    const names = (defaultSeccompProfile.syscalls ?? []).flatMap((rule) => rule.names);
    expect(names.filter((name) => !syscalls.x64.has(name) && !syscalls.arm64.has(name))).toEqual([]);
  });

  it('ends where Linux 6.18 does', () => {
    expect(syscalls.x64.get('file_setattr')).toBe(469);
    expect(lastSyscall).toBe(469);
  });
});
