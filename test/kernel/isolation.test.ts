import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, defaults, newDirectory, output, watchLeftovers } from '../support/kernel.ts';
import { runInNode } from '../support/node.ts';
import { requires, tool } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

const namespaces = ['mnt', 'pid', 'uts', 'ipc', 'net', 'cgroup'];

describe('a container', () => {
  it('lives in mount, PID, UTS, IPC, network and cgroup namespaces of its own', async () => {
    const inside = await output(`cd /proc/self/ns; for n in ${namespaces.join(' ')}; do readlink $n; done`);
    const outside = namespaces.map((name) => readlinkSync(`/proc/self/ns/${name}`));
    expect(inside.trim().split('\n')).toHaveLength(namespaces.length);
    expect(inside.split('\n')).not.toEqual(expect.arrayContaining([expect.toBeOneOf(outside)]));
  });

  it('has the host name that it is given, and the host keeps its own', async () => {
    const before = hostname();
    expect(await output('uname -n; echo $HOSTNAME', { hostname: 'inside' })).toBe('inside\ninside\n');
    expect(hostname()).toBe(before);
  });

  it('has its own name for a host name where none is given', async () => {
    const result = await box(['uname', '-n']);
    expect(result.stdout).toBe(`${result.id}\n`);
  });

  it('can change the host name with CAP_SYS_ADMIN, inside only', async (context) => {
    requires(context, tool('hostname'));
    const before = hostname();
    const inside = await output('hostname changed; uname -n', { capabilities: ['CAP_SYS_ADMIN'] });
    expect(inside).toBe('changed\n');
    expect(hostname()).toBe(before);
  });

  it('starts its command as process 1, and ps shows only its own processes', async () => {
    const text = await output('echo $$; sleep 100 & ps -e -o pid= -o comm=');
    const [first, ...rest] = text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    expect(first).toEqual(['1']);
    expect(rest.map(([, command]) => command)).toEqual(['sh', 'sleep', 'ps']);
    expect(rest[0]?.[0]).toBe('1');
  });

  it('can’t signal a process of the host', async () => {
    const host = spawn('sleep', ['1000'], { stdio: 'ignore' });
    try {
      const { exitCode, stderr } = await box(`kill -9 ${host.pid}`);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/No such process/);
      expect(host.exitCode ?? host.signalCode).toBeNull();
    } finally {
      host.kill('SIGKILL');
      await once(host, 'exit');
    }
  });

  it('starts a session of its own', async () => {
    const text = await output('ps -o pid=,sid=,pgid= -p 1');
    expect(text.trim().split(/\s+/)).toEqual(['1', '1', '1']);
  });
});

describe('the files of the host', () => {
  /** A root file system with a secret right beside it. */
  async function besideSecret() {
    const directory = newDirectory();
    const path = await ownRootfs(directory);
    writeFileSync(join(directory, 'secret'), 'of the host');
    return { path, directory };
  }

  it.each(['rw', 'ro', 'overlay'] as const)('are not reached by .. in mode %s', async (mode) => {
    const { path } = await besideSecret();
    const script =
      'stat -c %d:%i / /.. /../..; for p in /.. ../../../../.. /proc/../..; do cat $p/secret; done; ls /..';
    const { stdout, stderr } = await box(script, { rootfs: { path, mode } });
    const [root, ...lines] = stdout.trim().split('\n');
    expect(lines.slice(0, 2)).toEqual([root, root]);
    expect(stdout).toContain('proc');
    expect(stdout).not.toContain('of the host');
    expect(stderr.match(/No such file/g)).toHaveLength(3);
  });

  it.each(['/proc/1/root', '/proc/self/root', '/proc/1/cwd', '/proc/1/fd/0'])(
    'are not reached through %s',
    async (link) => {
      const { path, directory } = await besideSecret();
      const script = `readlink ${link}; cat ${link}/../secret ${link}/${directory}/secret ${link}/../../../secret; ls ${link}/..`;
      const { stdout } = await box(script, { rootfs: { path, mode: 'rw' } });
      expect(stdout).not.toContain('secret');
      expect(stdout).not.toContain('of the host');
      expect(stdout.split('\n')[0]).toMatch(/^\/(dev\/null)?$/);
    },
  );

  it('are not reached by a descriptor that Node.js was started with', async () => {
    const { directory } = await besideSecret();
    const command = [
      'sh',
      '-c',
      'ls /proc/1/fd; cat /proc/1/fd/9/secret; cat /proc/self/fd/9/secret; cat <&9',
    ];
    const wrapper = ['sh', '-c', `exec 9<${directory}; exec "$@"`, 'wrapper'];
    const { descriptors, stdout, stderr } = await runInNode(wrapper, {
      command,
      options: defaults(),
      descriptors: [9],
    });
    expect(descriptors).toEqual([directory]);
    expect(stdout).toBe('0\n1\n2\n');
    expect(stderr).toMatch(/fd\/9\/secret: No such file/);
    expect(stderr).toMatch(/9: Bad file descriptor/);
  });

  it('are not among the mounts', async () => {
    const text = await output('cat /proc/self/mountinfo');
    const mountPoints = text
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '');
    expect(mountPoints.filter((path) => !/^\/$|^\/(proc|sys|dev|tmp)(\/|$)/.test(path))).toEqual([]);
    expect(mountPoints.filter((path) => path === '/')).toHaveLength(1);
  });

  it('can’t be mounted: mount(2) is refused', async () => {
    for (const what of ['-t tmpfs none /mnt', '-t proc none /mnt', '--bind / /mnt', '-o remount,rw /sys']) {
      const { exitCode, stderr } = await box(`mount ${what}`);
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/permission denied|must be superuser|Operation not permitted|read-only/i);
    }
  });

  it('are those that the container is given, and these stay its own', async () => {
    const { path } = await besideSecret();
    mkdirSync(join(path, 'data'));
    await output('echo written > /data/file', { rootfs: path });
    expect(await output('cat /data/file', { rootfs: { path, mode: 'ro' } })).toBe('written\n');
  });
});
