import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCapabilities, type RunOptions, type SeccompProfile } from '@tc/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { architecture } from '../../packages/core/src/launch/image.ts';
import { syscalls } from '../../packages/core/src/security/seccomp/syscall-names.ts';
import {
  box,
  defaults,
  makeContainer,
  newDirectory,
  output,
  refusal,
  watchLeftovers,
} from '../support/kernel.ts';
import { healthy, requires, tool } from '../support/requires.ts';

watchLeftovers();

const EPERM = 1;
const ENOSYS = 38;

beforeEach((context) => requires(context, tool('perl'), healthy('seccomp')));

/** perl(1), which can make any call: prints its errno, 0 where it succeeds. */
function calling(name: string, ...args: (number | string)[]): string[] {
  const number = syscalls[architecture() ?? 'x64'].get(name);
  const call = `syscall(${[number, ...args].join(', ')})`;
  return ['perl', '-e', `print((${call}) == -1 ? $! + 0 : 0)`];
}

async function errnoOf(command: readonly string[], options: Partial<RunOptions> = {}): Promise<number> {
  const { stdout, stderr, exitCode, signal } = await box(command, options);
  expect({ exitCode, signal, stderr }).toEqual({ exitCode: 0, signal: undefined, stderr: '' });
  return Number(stdout);
}

/** A program for x86-64 that ends by exit(code) of the 32-bit ABI: elf(5). */
function oldExit(code: number): Buffer {
  const instructions = [0xb8, 1, 0, 0, 0, 0xbb, code, 0, 0, 0, 0xcd, 0x80]; // mov eax, 1; mov ebx, code; int 0x80
  const elf = Buffer.alloc(120);
  elf.write('\x7fELF\x02\x01\x01', 'latin1');
  elf.writeUInt16LE(2, 16); // ET_EXEC
  elf.writeUInt16LE(62, 18); // EM_X86_64
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(0x400078n, 24); // entry
  elf.writeBigUInt64LE(64n, 32); // program headers
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64); // PT_LOAD
  elf.writeUInt32LE(5, 68); // R-X
  elf.writeBigUInt64LE(0x400000n, 80);
  elf.writeBigUInt64LE(BigInt(120 + instructions.length), 96);
  elf.writeBigUInt64LE(BigInt(120 + instructions.length), 104);
  return Buffer.concat([elf, Buffer.from(instructions)]);
}

describe('the default filter', () => {
  it('is on the command, on what is executed later, and on init', async () => {
    const status = "grep '^Seccomp' /proc/1/status /proc/self/status";
    const modes = (text: string) => [...text.matchAll(/Seccomp:\t(\d)/g)].map(([, mode]) => mode);
    expect(modes(await output(status))).toEqual(['2', '2']);
    expect(modes(await output(status, { init: true }))).toEqual(['2', '2']);
    await using container = await makeContainer('sleep 1000');
    await container.start();
    const { stdout } = await container.exec(['sh', '-c', status]);
    expect(modes(stdout)).toEqual(['2', '2']);
  });

  it.each([
    ['keyctl', [0, -3, 0]],
    ['add_key', [0, 0, 0, 0, -3]],
    ['request_key', [0, 0, 0, -3]],
    ['io_uring_setup', [1, 0]],
    ['bpf', [0, 0, 0]],
    ['perf_event_open', [0, 0, -1, -1, 0]],
    ['userfaultfd', [0]],
    ['unshare', [0x10000000]], // CLONE_NEWUSER: a way to every capability, of a namespace
    ['setns', [0, 0]],
    ['mount', [0, 0, 0, 0, 0]],
    ['open_tree', [-100, 0, 0]],
    ['fsopen', [0, 0]],
    ['open_by_handle_at', [0, 0, 0]],
    ['kexec_load', [0, 0, 0, 0]],
    ['swapon', [0, 0]],
  ] as const)(
    'refuses %s with EPERM, where the kernel itself would find another fault',
    async (name, args) => {
      expect(await errnoOf(calling(name, ...args))).toBe(EPERM);
    },
  );

  it('knows neither clone3 nor calls that are newer than itself', async () => {
    expect(await errnoOf(calling('clone3', 0, 0))).toBe(ENOSYS);
    expect(await errnoOf(['perl', '-e', 'print((syscall(9999)) == -1 ? $! + 0 : 0)'])).toBe(ENOSYS);
  });

  it('lets nobody type into the terminal of others, whatever the high half of the request says', async () => {
    for (const high of [0, 1, 0x7fffffff]) {
      const request = `${high} << 32 | 0x5412`;
      const number = syscalls[architecture() ?? 'x64'].get('ioctl');
      const script = `my $c = "x"; print((syscall(${number}, 0, ${request}, $c)) == -1 ? $! + 0 : 0)`;
      const { stdout } = await box(['perl', '-e', script], { tty: true });
      expect(Number(stdout)).toBe(EPERM);
    }
  });

  it('has no sockets to the hypervisor, and those of the network', async () => {
    const [AF_UNIX, AF_INET, AF_NETLINK, AF_VSOCK] = [1, 2, 16, 40];
    for (const family of [AF_UNIX, AF_INET, AF_NETLINK])
      expect(await errnoOf(calling('socket', family, family === AF_NETLINK ? 3 : 1, 0))).toBe(0);
    for (const family of [AF_VSOCK, 2 ** 32 + AF_VSOCK]) // the kernel takes the low half
      expect(await errnoOf(calling('socket', family, 1, 0))).toBe(EPERM);
  });

  it('ends a program that makes calls by their 32-bit numbers', async (context) => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'old'), oldExit(7), { mode: 0o755 });
    const options = { mounts: [`${directory}:/old:ro`] };
    const unfiltered = await box(['/old/old'], { ...options, seccomp: 'unconfined' });
    requires(context, () => (unfiltered.exitCode === 7 ? undefined : 'this kernel has no 32-bit calls'));
    expect(await box(['/old/old'], options)).toMatchObject({ exitCode: undefined, signal: 'SIGSYS' });
  });

  it('goes by the capabilities: with CAP_SYS_ADMIN a container may make namespaces', async () => {
    const capabilities = [...defaultCapabilities, 'CAP_SYS_ADMIN'] as const;
    expect(await errnoOf(calling('unshare', 0x04000000), { capabilities })).toBe(0); // CLONE_NEWUTS
    await using container = await makeContainer('sleep 1000', { capabilities });
    await container.start();
    const { stdout } = await container.exec(calling('unshare', 0x04000000));
    expect(Number(stdout)).toBe(0);
  });

  it('is on containers of a user of its own, too', async () => {
    const namespaces = { user: 'self' } as const;
    expect(await errnoOf(calling('keyctl', 0, -3, 0), { namespaces })).toBe(EPERM);
    expect(await errnoOf(calling('getpid'), { namespaces })).not.toBe(EPERM);
  });
});

describe('a filter of the user’s choice', () => {
  const EXDEV = 18;
  const profile: SeccompProfile = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: EXDEV },
      {
        names: ['kill'],
        action: 'SCMP_ACT_KILL_PROCESS',
        args: [{ index: 1, op: 'SCMP_CMP_EQ', value: 10 }],
      },
    ],
  };

  it('refuses what it says, and ends whom it says', async () => {
    const { stderr } = await box('mkdir /x', { seccomp: profile });
    expect(stderr).toMatch(/[Cc]ross-device link/);
    const { signal } = await box('kill -USR1 $$; echo on', { seccomp: profile });
    expect(signal).toBe('SIGSYS');
  });

  it('is kept with the container, for later starts and for commands that join it', async () => {
    await using container = await makeContainer('sleep 1000', { seccomp: profile });
    await container.start();
    await container.restart({ timeout: 0 });
    const { stderr } = await container.exec(['mkdir', '/x']);
    expect(stderr).toMatch(/[Cc]ross-device link/);
  });

  it('may be none', async () => {
    expect(await output("grep -c 'Seccomp:.0' /proc/self/status", { seccomp: 'unconfined' })).toBe('1\n');
  });

  it('that makes no sense is refused before anything starts', async () => {
    const bad = { defaultAction: 'SCMP_ACT_PERHAPS' } as unknown as SeccompProfile;
    const options = { ...defaults(), seccomp: bad };
    expect(await refusal(box('true', options))).toMatchObject({ code: 'INVALID_SECCOMP' });
  });
});
