import { closeSync, openSync, statSync } from 'node:fs';
import { defaultCapabilities, type RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, defaults, makeContainer, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, ordinaryUser } from '../support/ordinary-user.ts';
import { type Need, requires, tool } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';

watchLeftovers();

describe('/dev', () => {
  it('has the usual devices and links, and nothing else', async () => {
    const text = await output('cd /dev; for f in *; do stat -c "%n %A %t,%T %N" $f; done');
    const device = (name: string, number: string) => expect.stringContaining(`${name} crw-rw-rw- ${number} `);
    const link = (name: string, target: string) =>
      expect.stringMatching(`^${name} lrwxrwxrwx .*'${name}' -> '${target}'$`);
    const directory = (name: string, access: string) => expect.stringContaining(`${name} ${access} `);
    expect(text.trim().split('\n')).toEqual([
      link('fd', '/proc/self/fd'),
      device('full', '1,7'),
      directory('mqueue', 'drwxrwxrwt'),
      device('null', '1,3'),
      link('ptmx', 'pts/ptmx'),
      directory('pts', 'drwxr-xr-x'),
      device('random', '1,8'),
      directory('shm', 'drwxrwxrwt'),
      link('stderr', '/proc/self/fd/2'),
      link('stdin', '/proc/self/fd/0'),
      link('stdout', '/proc/self/fd/1'),
      device('tty', '5,0'),
      device('urandom', '1,9'),
      device('zero', '1,5'),
    ]);
  });

  it('null swallows, zero gives zeros, full is full, random and urandom give noise', async () => {
    expect(await output('echo gone > /dev/null; cat /dev/null; head -c 4 /dev/zero | od -An -tx1')).toBe(
      ' 00 00 00 00\n',
    );
    const full = await box('head -c 1 /dev/zero > /dev/full');
    expect(full.stderr).toMatch(/No space left on device/);
    const noise = await output(
      'for i in 1 2; do for f in random urandom; do head -c 8 /dev/$f | od -An -tx8; done; done',
    );
    expect(new Set(noise.trim().split('\n')).size).toBe(4);
  });

  it('tty is no terminal: the session has none', async () => {
    const { exitCode, stderr } = await box('true < /dev/tty');
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/No such device or address/);
  });

  it('pts has no terminals of the host, and ptmx makes new ones from 0 on', async (context) => {
    requires(context, tool('perl'));
    // TIOCGPTN, ioctl_tty(2): the number of the terminal that belongs to a master.
    const script =
      'open my $m, "+<", "/dev/ptmx" or die $!; my $n = pack "I", 9; ioctl $m, 0x80045430, $n or die $!; print unpack("I", $n), " ", -c "/dev/pts/0", "\\n"; system "ls /dev/pts"';
    expect(await output(`ls /dev/pts; perl -e '${script}'`)).toBe('ptmx\n0 1\n0\nptmx\n');
  });

  it('shm, mqueue and /tmp can be written to, by any user, and are empty at first', async () => {
    const script =
      'for d in /dev/shm /dev/mqueue /tmp; do ls -A $d; touch $d/file && stat -c %a $d; ls $d; done';
    const expected = '1777\nfile\n1777\nfile\n1777\nfile\n';
    expect(await output(script, { user: '1000:1000' })).toBe(expected);
    expect(await output(script)).toBe(expected);
  });

  it('/tmp is memory, in mode ro too', async () => {
    const script = 'echo kept > /tmp/file; cat /tmp/file; stat -f -c %T /tmp';
    expect(await output(script, { rootfs: { path: hostRoot, mode: 'ro' } })).toBe('kept\ntmpfs\n');
  });

  it('stdout and stderr can be opened again', async () => {
    const result = await box(
      'echo one; echo two > /dev/stdout; echo three > /dev/stderr; echo four > /proc/self/fd/1; echo five >> /dev/fd/1',
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: 'one\ntwo\nfour\nfive\n', stderr: 'three\n' });
  });

  it('stdin can be opened again', async () => {
    expect(await output('cat /dev/stdin', { input: 'through' })).toBe('through');
  });
});

/** A block device that root of the host may open: where it may not, a container proves nothing. */
const block = ['/dev/loop0', '/dev/zram0', '/dev/vda', '/dev/sda'].find((path) => {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
});
const rdev = block === undefined ? 0 : statSync(block).rdev;
const [major, minor] = [rdev >> 8, rdev & 0xff];
const aBlockDevice: Need = () =>
  block === undefined ? 'there is no block device that can be opened' : undefined;

describe('with CAP_MKNOD', () => {
  const capabilities = [...defaultCapabilities, 'CAP_MKNOD'] as const;

  it('nodes can be made, but those of the host’s devices can’t be opened', async (context) => {
    requires(context, aBlockDevice);
    const script = `mknod /dev/disk b ${major} ${minor} && stat -c %F /dev/disk; head -c 1 /dev/disk; dd if=/dev/null of=/dev/disk conv=notrunc; mknod /dev/null2 c 1 3 && echo fine >/dev/null2`;
    const { stdout, stderr } = await box(script, { capabilities });
    expect(stdout).toBe('block special file\n');
    expect(stderr.match(/Operation not permitted/g)).toHaveLength(2);
  });

  it('the same holds for commands that join', async (context) => {
    requires(context, aBlockDevice);
    await using container = await makeContainer('sleep 60', { capabilities });
    await container.start();
    const script = `mknod /dev/disk b ${major} ${minor} && head -c 1 /dev/disk`;
    const { stderr } = await container.exec(['sh', '-c', script]);
    expect(stderr).toMatch(/Operation not permitted/);
  });
});

describe('a device that is given', () => {
  const full = async (
    devices: NonNullable<RunOptions['devices']>,
    script: string,
    options: Partial<RunOptions> = {},
  ) => {
    const { stdout, stderr } = await box(script, { devices, ...options });
    return stdout + stderr;
  };

  it('is there, with the mode of the host’s, also by another name and below a directory', async () => {
    const script = 'stat -c "%n %F %t,%T" /dev/loud /dev/a/b/zero; head -c 2 /dev/a/b/zero | od -An -tx1';
    const devices = ['/dev/full:/dev/loud', { source: '/dev/zero', target: '/dev/a/b/zero' }];
    const expected =
      '/dev/loud character special file 1,7\n/dev/a/b/zero character special file 1,5\n 00 00\n';
    expect(await full(devices, script)).toBe(expected);
    expect(
      await full(devices, script, { namespaces: { user: { uidMap: '0 0 65536', gidMap: '0 0 65536' } } }),
    ).toBe(expected);
  });

  it('is only read, or only written to, where that is all that was given', async (context) => {
    requires(context, aBlockDevice);
    // Nothing is written where this fails: it is opened, and that is all.
    const write = 'dd if=/dev/null of=/dev/d conv=notrunc 2>&1 | grep -o "not permitted"';
    const script = `head -c 1 /dev/d >/dev/null && echo read; ${write}`;
    expect(await full([`${block}:/dev/d:r`], script)).toBe('read\nnot permitted\n');
    expect(await full([`${block}:/dev/d:w`], 'head -c 1 /dev/d')).toMatch(/Operation not permitted/);
  });

  it('opens no other one', async (context) => {
    requires(context, aBlockDevice);
    const script = `mknod /dev/other b ${major} ${minor}; head -c 1 /dev/other; head -c 1 /dev/z2 | od -An -tx1`;
    const capabilities = [...defaultCapabilities, 'CAP_MKNOD'] as const;
    expect(await full(['/dev/zero:/dev/z2'], script, { capabilities })).toMatch(
      / 00\n.*Operation not permitted/,
    );
  });

  it('can’t be a file, nor lie outside /dev, nor be in the way of another', async () => {
    for (const device of [
      '/etc/passwd',
      '/dev/none',
      'dev/null',
      '/dev/null:/etc/null',
      '/dev/null:/dev/../x',
      '/dev/zero:/dev/x:rx',
      '/dev/zero:/dev/null',
    ]) {
      expect(await refusal(box('true', { devices: [device] })), device).toMatchObject({
        code: 'INVALID_OPTION',
      });
    }
  });

  it('is given with all that can be done with it where there are no cgroups', async (context) => {
    expect(
      await refusal(box('true', { devices: ['/dev/zero:/dev/z:r'], cgroups: 'disabled' })),
    ).toMatchObject({ code: 'DEVICES_UNSUPPORTED' });
    requires(context, canBeOrdinary);
    const options = { ...defaults(), cgroups: 'disabled', devices: ['/dev/zero:/dev/z'] } as const;
    const { stdout } = await ordinaryUser().run({
      command: ['sh', '-c', 'head -c 1 /dev/z | od -An -tx1'],
      options,
    });
    expect(stdout).toBe(' 00\n');
  });
});
