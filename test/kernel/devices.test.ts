import { describe, expect, it } from 'vitest';
import { box, output, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';
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
