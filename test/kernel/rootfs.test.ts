import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, output, watchLeftovers } from '../support/kernel.ts';
import { fileSystem, requires, tool } from '../support/requires.ts';
import { hostRoot, ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

describe('a root file system in mode', () => {
  it('rw keeps what the container writes', async () => {
    const path = await ownRootfs(newDirectory());
    await output('echo new > /file; rm /etc/passwd', { rootfs: { path, mode: 'rw' } });
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('new\n');
    expect(readdirSync(join(path, 'etc'))).not.toContain('passwd');
  });

  it('ro refuses every write but to /tmp and /dev/shm', async () => {
    const path = await ownRootfs(newDirectory());
    const before = readdirSync(path);
    const script =
      'for d in / /etc /root /usr/bin; do touch $d/file; done; touch /tmp/file /dev/shm/file && echo fine';
    const { stdout, stderr } = await box(script, { rootfs: { path, mode: 'ro' } });
    expect(stdout).toBe('fine\n');
    expect(stderr.match(/Read-only file system/g)).toHaveLength(4);
    expect(readdirSync(path)).toEqual(before);
  });

  it('overlay lets it write, and forgets it', async (context) => {
    requires(context, fileSystem('overlay'));
    const path = await ownRootfs(newDirectory());
    writeFileSync(join(path, 'file'), 'old\n');
    const rootfs = { path, mode: 'overlay' } as const;
    const script =
      'echo new > /file; rm /etc/passwd; mkdir /made; cat /file; ls -d /made; ls /etc/passwd || true';
    const { stdout, stderr } = await box(script, { rootfs });
    expect(stdout).toBe('new\n/made\n');
    expect(stderr).toMatch(/No such file/);
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('old\n');
    expect(readdirSync(path)).not.toContain('made');
    expect(await output('cat /file; ls /etc/passwd', { rootfs })).toBe('old\n/etc/passwd\n');
  });

  it.each(['rw', 'ro', 'overlay'] as const)('%s leaves no mount point behind on the host', async (mode) => {
    const path = await ownRootfs(newDirectory());
    const list = () => ['proc', 'sys', 'dev', 'tmp'].map((name) => readdirSync(join(path, name)));
    const before = list();
    await output('ls /proc/1/status', { rootfs: { path, mode } });
    expect(list()).toEqual(before);
  });

  it('overlay is shared by containers that don’t see each other’s writes', async (context) => {
    requires(context, fileSystem('overlay'));
    const texts = await Promise.all([1, 2, 3].map((n) => output(`echo ${n} > /mine; sleep 0.2; cat /mine`)));
    expect(texts).toEqual(['1\n', '2\n', '3\n']);
    expect(readdirSync(hostRoot)).not.toContain('mine');
  });
});

describe('the host’s own / as a root file system', () => {
  it('works in mode overlay: the host’s files are there, and writes vanish', async (context) => {
    requires(context, fileSystem('overlay'));
    const text = await output(
      'echo x > /tctl-test && cat /tctl-test; ls /proc/1/status; cat /etc/passwd | head -n 1',
      {
        rootfs: { path: '/', mode: 'overlay' },
      },
    );
    expect(text).toMatch(/^x\n\/proc\/1\/status\nroot:/);
    expect(readdirSync('/')).not.toContain('tctl-test');
  });

  it('works in mode ro: the host’s files are there, and nothing can be changed', async () => {
    const { stdout, stderr } = await box('touch /tctl-test; ps -e -o comm=; head -n 1 /etc/passwd', {
      rootfs: { path: '/', mode: 'ro' },
    });
    expect(stdout).toMatch(/^sh\nps\nroot:/);
    expect(stderr).toMatch(/Read-only file system/);
    expect(readdirSync('/')).not.toContain('tctl-test');
  });

  it('shows the container’s own /proc, /sys, /dev and /tmp, in mode rw too', async () => {
    const text = await output('ls /dev/pts; ls -A /tmp; ls /sys/class/net; ps -e -o comm=', {
      rootfs: { path: '/', mode: 'rw' },
    });
    expect(text).toBe('ptmx\nlo\nsh\nps\n');
  });
});

describe('chroot in place of pivot_root', () => {
  const enter = 'chroot' as const;

  it.each(['rw', 'ro', 'overlay'] as const)('enters a root file system, in mode %s', async (mode) => {
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    writeFileSync(join(directory, 'secret'), 'of the host');
    const { stdout, stderr } = await box('echo $$; cat /../secret; ls /..', {
      rootfs: { path, mode, enter },
    });
    expect(stdout).toMatch(/^1\n[\s\S]*proc\n/);
    expect(stdout).not.toContain('secret');
    expect(stderr).toMatch(/secret: No such file/);
  });

  it('takes CAP_SYS_CHROOT away, for good', async () => {
    const text = await output('cat /proc/self/status', {
      rootfs: { path: hostRoot, mode: 'overlay', enter },
    });
    const chrootBit = 1n << 18n;
    for (const set of ['CapPrm', 'CapEff', 'CapBnd']) {
      const bits = BigInt(`0x${new RegExp(`${set}:\\t(\\w+)`).exec(text)?.[1]}`);
      expect([set, bits & chrootBit]).toEqual([set, 0n]);
      expect([set, bits]).not.toEqual([set, 0n]);
    }
    const { exitCode, stderr } = await box('chroot /mnt true', {
      rootfs: { path: hostRoot, mode: 'overlay', enter },
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/Operation not permitted/);
  });

  // The classic: with a working directory outside the root, .. leads up to the real one.
  const breakOut =
    'mkdir "/tmp/x"; chroot "/tmp/x" or print "chroot refused\\n"; chdir ".." for 1..50; chroot "."; exec "/bin/sh", "-c", "stat -c %d:%i / /proc/1; ls /"';

  it('can’t be left as a chroot usually can', async (context) => {
    requires(context, tool('perl'));
    const rootfs = { path: hostRoot, mode: 'overlay', enter } as const;
    const text = await output(`stat -c %d:%i / /proc/1; perl -e '${breakOut}'`, { rootfs });
    const [root, process, refused, rootAgain, processAgain] = text.split('\n');
    expect(refused).toBe('chroot refused');
    expect([rootAgain, processAgain]).toEqual([root, process]);
  });

  it('can’t be left even with CAP_SYS_CHROOT, with pivot_root', async (context) => {
    requires(context, tool('perl'));
    const text = await output(`stat -c %d:%i / /proc/1; perl -e '${breakOut}'`);
    const [root, process, rootAgain, processAgain] = text.split('\n');
    expect([rootAgain, processAgain]).toEqual([root, process]);
  });
});
