import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controller, requires } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';
import { shell, tctl } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import { directory, newDirectory, newName } from './support/suite.ts';

/** Prints the limits that the container sees of itself, in v1's files or v2's. */
const limitOf = (...files: string[]) => [
  'sh',
  '-c',
  `cd /sys/fs/cgroup; for file in ${files.join(' ')}; do [ -e $file ] && cat $file; done; true`,
];

describe('tctl run', () => {
  it('runs a command of the host image', async () => {
    expectOutput(await tctl('run', 'host', 'echo', 'hello', 'world'), 'hello world\n');
  });

  it('gives the command its arguments as they are', async () => {
    const args = ['', ' ', 'a b', '*', '$HOME', '--rm', '-m', '--', 'ä€😀', 'two\nlines', "it's"];
    const lines = args.map((arg) => `<${arg}>\n`).join('');
    expectOutput(await tctl('run', 'host', 'printf', '<%s>\\n', ...args), lines);
  });

  it('takes many options at once', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'from the host\n');
    const finished = await tctl(
      ...['run', '--rm', '-m', '64m', '--pids', '20', '--cpus', '0.5', '--hostname', 'H', '-e', 'K=V'],
      ...['-w', '/srv', '-v', `${source}:/mnt/v:ro`, '--network', 'none', '--timeout', '5s'],
      ...['host', 'sh', '-c', 'hostname; echo $K; pwd; cat /mnt/v/file; ls /sys/class/net; echo $$'],
    );
    expectOutput(finished, 'H\nV\n/srv\nfrom the host\nlo\n1\n');
  });

  it('uses a directory as the root file system with --rootfs, and writes to it', async () => {
    const rootfs = await ownRootfs(directory);
    expectOutput(
      await tctl('run', '--rootfs', rootfs, 'sh', '-c', 'echo written >/file; ls -d /usr'),
      '/usr\n',
    );
    expect(readFileSync(join(rootfs, 'file'), 'utf8')).toBe('written\n');
  });

  it('takes a relative --rootfs from where the user is', async () => {
    const rootfs = await ownRootfs(directory);
    writeFileSync(join(rootfs, 'here'), '');
    const name = rootfs.slice(directory.length + 1);
    expectOutput(await shell(`cd ${directory} && tctl run --rootfs ${name} ls /here`), '/here\n');
  });

  it('leaves --rootfs as it was with --read-only', async () => {
    const rootfs = await ownRootfs(directory);
    const { code, stderr } = await tctl('run', '--rootfs', rootfs, '--read-only', 'touch', '/file');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Read-only file system') });
  });

  it('keeps what a container writes to the host image from the next one', async () => {
    expectOutput(await tctl('run', 'host', 'sh', '-c', 'echo mine >/file; cat /file'), 'mine\n');
    expect((await tctl('run', 'host', 'ls', '/file')).code).toBe(2);
  });

  it('gives its own name as the host name, and --hostname or -h goes before that', async () => {
    const name = newName();
    expectOutput(await tctl('run', '--name', name, 'host', 'hostname'), `${name}\n`);
    expectOutput(await tctl('run', '--name', name, '-h', 'other', 'host', 'hostname'), 'other\n');
    expectOutput(await tctl('run', '--hostname=third', 'host', 'hostname'), 'third\n');
  });

  it('makes the working directory where it is missing', async () => {
    expectOutput(await tctl('run', '-w', '/new/dir', 'host', 'pwd'), '/new/dir\n');
  });

  it('is quiet after --rm, which changes nothing', async () => {
    expectOutput(await tctl('run', '--rm', 'host', 'true'), '');
  });

  it('uses chroot with --no-pivot', async () => {
    expectOutput(
      await tctl('run', '--no-pivot', 'host', 'sh', '-c', 'ls -d /usr /work 2>/dev/null; true'),
      '/usr\n',
    );
  });

  it('runs as the user of -u', async () => {
    expectOutput(await tctl('run', '-u', '1234:567', 'host', 'sh', '-c', 'id -u; id -g'), '1234\n567\n');
  });
});

describe('the environment', () => {
  it('is what -e gives, and nothing of the caller’s', async () => {
    const { stdout } = await shell('SECRET=1 tctl run -e A=1 -eB=x=y --env C= --hostname H host env');
    expect(stdout.trim().split('\n').sort()).toEqual([
      'A=1',
      'B=x=y',
      'C=',
      'HOME=/root',
      'HOSTNAME=H',
      expect.stringMatching(/^PATH=\//),
    ]);
  });

  it('passes on the caller’s variable with -e KEY', async () => {
    expectOutput(
      await shell(`KEY='a b' tctl run -e KEY -e UNSET host sh -c 'echo "$KEY-\${UNSET-unset}"'`),
      'a b-unset\n',
    );
  });
});

describe('a mount', () => {
  it('shows the host’s directory, and can be written to', async () => {
    const source = newDirectory();
    mkdirSync(join(source, 'sub'));
    expectOutput(
      await tctl('run', '-v', `${source}:/mnt/v`, 'host', 'sh', '-c', 'ls /mnt/v; echo x >/mnt/v/new'),
      'sub\n',
    );
    expect(readFileSync(join(source, 'new'), 'utf8')).toBe('x\n');
  });

  it('is read-only with :ro', async () => {
    const source = newDirectory();
    const { code, stderr } = await tctl('run', '-v', `${source}:/mnt/v:ro`, 'host', 'touch', '/mnt/v/new');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Read-only file system') });
  });

  it('can be a single file, and there can be many', async () => {
    const source = newDirectory();
    for (const name of ['a', 'b']) writeFileSync(join(source, name), `${name}\n`);
    const volumes = ['-v', `${source}/a:/etc/a:ro`, '--volume', `${source}/b:/opt/deep/b`];
    expectOutput(await tctl('run', ...volumes, 'host', 'cat', '/etc/a', '/opt/deep/b'), 'a\nb\n');
  });
});

describe('the network', () => {
  it('is lo alone, by default and with none', async () => {
    expectOutput(await tctl('run', 'host', 'ls', '/sys/class/net'), 'lo\n');
    expectOutput(await tctl('run', '--network=none', 'host', 'ls', '/sys/class/net'), 'lo\n');
  });

  it('is the host’s with host', async () => {
    const { stdout } = await shell('ls /sys/class/net; readlink /proc/self/ns/net');
    const seen = await tctl(
      'run',
      '--network',
      'host',
      'host',
      'sh',
      '-c',
      'ls /sys/class/net; readlink /proc/self/ns/net',
    );
    expectOutput(seen, stdout);
  });
});

describe('the limits', () => {
  it('of memory are the cgroup’s', async (context) => {
    requires(context, controller('memory'));
    const command = limitOf('memory.max', 'memory/memory.limit_in_bytes');
    expectOutput(await tctl('run', '-m', '64m', 'host', ...command), `${64 * 2 ** 20}\n`);
    expectOutput(await tctl('run', '-m64m', '--memory', '32m', 'host', ...command), `${32 * 2 ** 20}\n`);
  });

  it('of processes are the cgroup’s, by both names', async (context) => {
    requires(context, controller('pids'));
    const command = limitOf('pids.max', 'pids/pids.max');
    expectOutput(await tctl('run', '--pids', '20', 'host', ...command), '20\n');
    expectOutput(await tctl('run', '--pids-limit', '21', 'host', ...command), '21\n');
    expectOutput(await tctl('run', '--pids-limit=-1', 'host', ...command), 'max\n');
  });

  it('of CPU time are the cgroup’s', async (context) => {
    requires(context, controller('cpu'));
    const { code, stdout } = await tctl(
      'run',
      '--cpus',
      '0.5',
      'host',
      ...limitOf('cpu.max', 'cpu*/cpu.cfs_quota_us'),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^50000\b/) });
  });

  it('stop a fork bomb', async (context) => {
    requires(context, controller('pids'));
    const bomb = 'n=0; while [ $n -lt 30 ]; do sleep 20 & n=$((n + 1)); done; echo all';
    const { code, stdout, stderr } = await tctl('run', '--pids', '10', 'host', 'sh', '-c', bomb);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/fork/i);
  });
});
