/** Mounts, volumes, layers and networks of containers that an ordinary user starts. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../support/child.ts';
import { newDirectory, newName, until, watchLeftovers } from '../support/kernel.ts';
import { nodeCommand, runInNode } from '../support/node.ts';
import { compileCache } from '../support/ordinary-user.ts';
import { fileSystem, type Need, namespace, requires, tool } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const uid = 65534;

function newHome(): string {
  const home = newDirectory();
  for (const name of ['run', 'data', 'files']) mkdirSync(join(home, name), { mode: 0o700 });
  for (const name of ['.', 'run', 'data', 'files']) chownSync(join(home, name), uid, uid);
  return home;
}

const as = (home: string) => [
  'env',
  `TCTL_RUNTIME_DIR=${join(home, 'run')}`,
  `TCTL_DATA_DIR=${join(home, 'data')}`,
  `NODE_COMPILE_CACHE=${compileCache(uid)}`,
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${uid}`,
  '--clear-groups',
];

const optionsOf = (options: Partial<RunOptions>): RunOptions => ({
  rootfs: { path: hostRoot, mode: 'overlay' },
  name: newName(),
  timeout: scaled(30_000),
  ...options,
});

function boxOf(home: string, script: string, options: Partial<RunOptions> = {}): Promise<Answer> {
  return runInNode(as(home), { command: ['sh', '-c', script], options: optionsOf(options) });
}

const [probe] = await Promise.all([
  runInNode(as('/'), { command: [], options: { rootfs: hostRoot } }).then(
    (answer) => answer.error,
    () => undefined,
  ),
]);
const readable: Need = () => (probe === undefined ? 'an ordinary user can’t read this directory' : undefined);

describe('an ordinary user', () => {
  it('mounts directories, a tmpfs and volumes', async (context) => {
    requires(context, namespace('user'), readable);
    const home = newHome();
    const mounts = [
      `${join(home, 'files')}:/files`,
      'mine:/volume',
      { type: 'tmpfs', target: '/scratch', size: '1m' },
    ] as const;
    const script =
      'for d in files volume scratch; do echo x > /$d/file; stat -c %u /$d/file; done; grep -c size=1024k /proc/mounts';
    expect(await boxOf(home, script, { mounts })).toMatchObject({ stdout: '0\n0\n0\n1\n', stderr: '' });
    expect(readFileSync(join(home, 'data/volumes/mine/file'), 'utf8')).toBe('x\n');
    expect(readFileSync(join(home, 'files/file'), 'utf8')).toBe('x\n');
  });

  it('keeps an upper layer, over several lower ones', async (context) => {
    requires(context, namespace('user'), fileSystem('overlay'), readable);
    const home = newHome();
    const layer = newDirectory();
    chmodSync(layer, 0o755);
    mkdirSync(join(layer, 'top'), { mode: 0o755 });
    const upper = { path: join(home, 'files') };
    const options = { rootfs: { path: [layer, hostRoot], mode: 'overlay', upper } } as const;
    expect(await boxOf(home, 'mkdir /made; echo kept > /made/file; ls -d /top', options)).toMatchObject({
      stdout: '/top\n',
      stderr: '',
    });
    expect(await boxOf(home, 'cat /made/file; rmdir /top; ls /top', options)).toMatchObject({
      stdout: 'kept\n',
    });
    expect(readdirSync(layer)).toEqual(['top']);
  });

  it('joins the network of another container of its own, and with it the user namespace', async (context) => {
    requires(context, namespace('user'), tool('perl'), tool('bash'), readable);
    const home = newHome();
    const name = newName();
    const sockaddr = 'pack("S n C4 x8", 2, 7000, 127, 0, 0, 1)';
    const server = `socket(S, 2, 1, 0) or die $!; bind(S, ${sockaddr}) or die $!; listen(S, 1); open(F, ">", "/files/up"); accept(C, S); print C "hello\\n"; close(C); sleep 100`;
    const mounts = [`${join(home, 'files')}:/files`];
    const [command = '', ...args] = [
      ...as(home),
      ...nodeCommand({ command: ['perl', '-e', server], options: optionsOf({ name, mounts }) }),
    ];
    const owner = spawn(command, args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => owner.once('close', resolve));
    try {
      await until(() => existsSync(join(home, 'files/up')), 'the server is up');
      const script =
        "ls /sys/class/net; touch /made && stat -c %u /made; bash -c 'cat < /dev/tcp/127.0.0.1/7000'; echo $$; cat /proc/self/uid_map; readlink /proc/self/ns/user /proc/self/ns/mnt";
      const answer = await boxOf(home, script, { network: `container:${name}`, mounts: ['mine:/volume'] });
      expect(answer).toMatchObject({ stderr: '', exitCode: 0 });
      expect(answer.stdout).toMatch(/^lo\n0\nhello\n\d+\n +0 +65534 +1\n/);
      const others = await boxOf(home, 'true', {
        network: `container:${name}`,
        namespaces: { user: { uidMap: `0 ${uid} 1`, gidMap: `0 ${uid} 1` } },
      });
      expect(others.error).toMatchObject({ code: 'INVALID_OPTION' });
    } finally {
      owner.kill('SIGKILL');
      await ended;
    }
    await until(() => readdirSync(join(home, 'run')).every((entry) => entry !== name), 'it is gone');
    const late = await boxOf(home, 'true', { network: `container:${name}` });
    expect(late.error).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });
});
