/**
 * Holes that other runtimes had: each attack is tried, and fails. Those that belong to one subject have their tests
 * beside it: CVE-2024-21626 in isolation and hostile-links, CVE-2016-9962 in hostile-exec, CVE-2017-5226 in seccomp,
 * CVE-2022-27650 in privileges, CVE-2019-19921 in hostile-images.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { defaultCapabilities } from '@tc/core';
import { fcntl, memfd, syscallNumbers } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { syscalls } from '../../packages/core/src/security/seccomp/syscall-names.ts';
import { box, makeContainer, newDirectory, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

const unconfined = { seccomp: 'unconfined' } as const;
const numbers = syscalls[process.arch === 'arm64' ? 'arm64' : 'x64'];

describe('the launcher', () => {
  it('can’t be overwritten through /proc/1/exe, not by root with all that it may have (CVE-2019-5736)', async (context) => {
    requires(context, tool('perl'));
    const write = `opendir(my $d, "/proc"); for my $exe (map { "/proc/$_/exe" } grep { /^[0-9]/ } readdir $d) { print "written\\n" if open(my $f, "+<", $exe) && syswrite($f, "x") }`;
    const capabilities = [
      ...defaultCapabilities,
      'CAP_SYS_ADMIN',
      'CAP_SYS_PTRACE',
      'CAP_DAC_READ_SEARCH',
    ] as const;
    // With init its first process is still the launcher; the command itself is a file of the image.
    const script = `exec 3< /proc/self/exe; perl -e '${write}'; echo tried`;
    expect(await output(script, { init: true, capabilities, ...unconfined })).toBe('tried\n');
  });

  it('is sealed: nobody could change it while it does not run, when no ETXTBSY is in the way (CVE-2019-5736)', async () => {
    await using container = await makeContainer('sleep 1000');
    await container.start();
    const { pid } = await container.inspect();
    const supervisor = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const fd = openSync(`/proc/${supervisor}/exe`, 'r');
    try {
      const { F_GET_SEALS, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE } = memfd;
      const all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
      expect(fcntl(fd, F_GET_SEALS, 0)).toBe(all);
    } finally {
      closeSync(fd);
    }
  });

  it('does nothing as the command of a container (CVE-2019-5736)', async () => {
    // The image is executed once more, inside: it finds no supervisor's descriptors, and ends.
    expect(await box(['/proc/self/exe'], unconfined)).toMatchObject({ stdout: '', stderr: '' });
    expect(await box(['/proc/self/exe'])).toMatchObject({ stdout: '', stderr: '' });
  });

  it('is not what a command that joins could overwrite either', async (context) => {
    requires(context, tool('perl'));
    // It waits for a process that joins, and tries at once.
    const watch = `my %known; for (1 .. 200000) { opendir(my $d, "/proc"); for my $p (map { "/proc/$_" } grep { /^[0-9]/ } readdir $d) { next if $known{$p}++; if (open(my $f, "+<", "$p/exe")) { print "written $p\\n" if syswrite($f, "x") } } last if -e "/tmp/over" } print "over\\n"`;
    await using container = await makeContainer(['perl', '-e', watch], unconfined);
    await container.start();
    for (let round = 0; round < 10; round += 1) expect((await container.exec(['true'])).exitCode).toBe(0);
    await container.exec(['sh', '-c', 'echo > /tmp/over']);
    await container.wait();
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual(['over']);
  });
});

describe('an image', () => {
  it('whose /dev/null, /dev/console and /dev/pts are links redirects no mask and no mount (CVE-2025-31133, CVE-2025-52565)', async () => {
    const path = await ownRootfs(newDirectory());
    rmSync(join(path, 'dev'), { recursive: true, force: true });
    mkdirSync(join(path, 'dev'));
    for (const name of ['null', 'console', 'pts', 'ptmx', 'shm'])
      symlinkSync('/proc/sys/kernel/core_pattern', join(path, 'dev', name));
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
    const script =
      'stat -c %F /proc/interrupts /dev/null; cat /proc/interrupts; echo x > /proc/sys/kernel/core_pattern';
    for (const tty of [false, true]) {
      const { stdout, exitCode } = await box(script, { rootfs: path, tty });
      expect(stdout.replaceAll('\r', '')).toMatch(
        /^character special file\ncharacter special file\n(?!.*CPU)/,
      );
      expect(exitCode).not.toBe(0);
    }
    expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(before);
  });
});

describe('a mount target', () => {
  const rounds = slowness > 1 ? 40 : 1000;

  it(`that is exchanged for a link to the host’s root while ${rounds} containers start stays inside (CVE-2021-30465)`, {
    timeout: scaled(180_000),
  }, async (context) => {
    requires(context, tool('perl'));
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    mkdirSync(join(path, 'x/it/m'), { recursive: true });
    // What the link leads to on the host has the same name in it: there the mount would go.
    mkdirSync(join(directory, 'host/m'), { recursive: true });
    symlinkSync(join(directory, 'host'), join(path, 'x/link'));
    const source = newDirectory();
    writeFileSync(join(source, 'mounted'), '');
    const renameat2 = process.arch === 'arm64' ? 276 : 316;
    const exchange = `my ($a, $b) = ("it", "link"); syscall(${renameat2}, -100, $a, -100, $b, 2) while 1`;
    const attacker = spawn('perl', ['-e', exchange], { cwd: join(path, 'x'), stdio: 'ignore' });
    try {
      let started = 0;
      for (let round = 0; round < rounds; round += 1) {
        const mounts = [{ source, target: '/x/it/m', readOnly: true }];
        const run = await box('true', { rootfs: path, mounts, cgroups: 'disabled' }).catch(
          (error: { code: string }) => error.code,
        );
        if (typeof run === 'object') started += 1;
        else expect(run).toMatch(/^(MOUNT_|ROOTFS_|E[A-Z]+$)/);
        if (existsSync(join(directory, 'host/m/mounted'))) expect.unreachable('it was mounted on the host');
      }
      expect(started).toBeGreaterThan(0);
    } finally {
      attacker.kill('SIGKILL');
    }
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(source);
    expect(readdirSync(join(directory, 'host'))).toEqual(['m']);
  });
});

describe('cgroups', () => {
  it('can’t be mounted to set a release_agent, in no namespace that one can make (CVE-2022-0492)', async (context) => {
    requires(context, tool('unshare'), tool('mount'));
    const mount =
      'mkdir -p /tmp/c; mount -t cgroup -o memory cgroup /tmp/c && echo x > /tmp/c/release_agent && echo set';
    for (const options of [{}, unconfined]) {
      for (const how of ['', 'unshare -UrmC ', 'unshare -UrmCpf --mount-proc ']) {
        const { stdout } = await box(`${how}sh -c '${mount}'`, options);
        expect(stdout).not.toContain('set');
      }
    }
  });

  it('can be read and not be written, nor made (CVE-2023-25809)', async () => {
    const script =
      'for f in $(find /sys/fs/cgroup -type f -perm -200); do (echo 1 > $f) 2>/dev/null && echo wrote $f; done; find /sys/fs/cgroup -type d -exec mkdir {}/mine \\; 2>/dev/null; find /sys/fs/cgroup -name mine';
    expect(await output(script, { limits: { pids: 50, memory: '64m' } })).toBe('');
    expect(await output(script, { limits: { pids: 50 }, ...unconfined })).toBe('');
  });
});

describe('a user', () => {
  it.each(['4294967296', '4294967295', '-1', '0x0', '2147483648', '1e3', '0:4294967296'])(
    'can’t be %s, which would be another one in some call (CVE-2024-40635)',
    async (user) => {
      expect(await refusal(box('id', { user }))).toMatchObject({ code: 'USER_NOT_FOUND' });
    },
  );
});

describe('two containers', () => {
  const keyctl = numbers.get('keyctl');
  const addKey = numbers.get('add_key');

  /** One leaves something, the other finds it, or prints nothing. */
  async function passes(leave: string, find: string, options = {}): Promise<boolean> {
    await using one = await makeContainer(`${leave} && echo left; exec sleep 1000`, options);
    await one.start();
    let hasLeft = false;
    for await (const { line } of one.logs({ follow: true })) {
      hasLeft = line === 'left';
      if (hasLeft) break;
    }
    expect(hasLeft).toBe(true);
    // The same way works inside of one: else the test would show nothing.
    const { stdout: within } = await one.exec(['sh', '-c', find]);
    expect(within).toContain('found');
    const { stdout } = await box(find, options);
    return stdout.includes('found');
  }

  it('have no file in memory in common', async () => {
    for (const file of ['/dev/shm/it', '/tmp/it', '/dev/mqueue/it'])
      expect(await passes(`touch ${file}`, `test -e ${file} && echo found`)).toBe(false);
  });

  it('have no shared memory of System V in common', async (context) => {
    requires(context, tool('perl'));
    const [shmget] = [numbers.get('shmget')];
    const leave = `perl -e 'exit(syscall(${shmget}, 4711, 4096, 01600) < 0)'`;
    const find = `perl -e 'print "found" if syscall(${shmget}, 4711, 0, 0) >= 0'`;
    expect(await passes(leave, find)).toBe(false);
  });

  it('have no abstract socket in common', async (context) => {
    requires(context, tool('perl'));
    const address = 'pack("S", 1) . "\\0tctl-meeting"';
    const listen = `exec perl -e 'socket(my $s, 1, 1, 0); bind($s, ${address}) or die; listen($s, 5); $| = 1; print "left\\n"; accept(my $c, $s) while 1'`;
    const connect = `perl -e 'socket(my $s, 1, 1, 0); print "found" if connect($s, ${address})'`;
    await using one = await makeContainer(listen, { init: true });
    await one.start();
    for await (const { line } of one.logs({ follow: true })) if (line === 'left') break;
    expect((await one.exec(['sh', '-c', connect])).stdout).toBe('found');
    expect((await box(connect)).stdout).toBe('');
  });

  it('have no key in common, though they are the same user to the kernel', async (context) => {
    requires(context, tool('perl'));
    const userKeyring = -4;
    const texts = 'my ($t, $d, $p) = ("user", "tctl-meeting", "x");';
    const leave = `${texts} my $r = syscall(${addKey}, $t, $d, $p, 1, ${userKeyring}); print $r > 0 ? "left" : "refused $!"`;
    const find = `${texts} print syscall(${keyctl}, 10, ${userKeyring}, $t, $d, 0) > 0 ? "found" : "refused $!"`;
    for (const script of [leave, find])
      expect((await box(['perl', '-e', script])).stdout).toBe('refused Operation not permitted');
    expect(syscallNumbers.keyctl).toContain(keyctl);
  });
});
