import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import {
  box,
  defaults,
  newDirectory,
  newName,
  output,
  refusal,
  until,
  watchLeftovers,
} from '../support/kernel.ts';
import { runInNode } from '../support/node.ts';
import { controller, mode, requires } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

interface Failure {
  title: string;
  command?: readonly string[];
  options?: Partial<RunOptions>;
  code: string;
  operation: string | RegExp;
}

const failures: Failure[] = [
  {
    title: 'a root file system that is not there',
    options: { rootfs: '/no/such/rootfs' },
    code: 'ROOTFS_NOT_FOUND',
    operation: 'use the root file system /no/such/rootfs',
  },
  {
    title: 'a root file system that is a file',
    options: { rootfs: '/etc/passwd' },
    code: 'ROOTFS_NOT_A_DIRECTORY',
    operation: 'use the root file system /etc/passwd',
  },
  {
    title: 'a command that is not there',
    command: ['no-such-command'],
    code: 'COMMAND_NOT_FOUND',
    operation: 'execute no-such-command',
  },
  {
    title: 'a command that is not at its path',
    command: ['/bin/no-such-command'],
    code: 'COMMAND_NOT_FOUND',
    operation: 'execute /bin/no-such-command',
  },
  {
    title: 'a command below a file',
    command: ['/etc/passwd/command'],
    code: 'COMMAND_NOT_FOUND',
    operation: 'execute /etc/passwd/command',
  },
  {
    title: 'a command that may not be executed',
    command: ['/etc/passwd'],
    code: 'COMMAND_NOT_EXECUTABLE',
    operation: 'execute /etc/passwd',
  },
  {
    title: 'a command that is a directory',
    command: ['/etc'],
    code: 'COMMAND_NOT_EXECUTABLE',
    operation: 'execute /etc',
  },
  {
    title: 'a command found in PATH that may not be executed',
    command: ['passwd'],
    options: { env: { PATH: '/etc' } },
    code: 'COMMAND_NOT_EXECUTABLE',
    operation: 'execute passwd',
  },
  { title: 'no command', command: [], code: 'INVALID_OPTION', operation: 'run a container' },
  {
    title: 'a mount source that is not there',
    options: { mounts: ['/no/such:/data'] },
    code: 'MOUNT_SOURCE_NOT_FOUND',
    operation: 'mount /no/such:/data',
  },
  {
    title: 'a mount that is none',
    options: { mounts: ['/etc'] },
    code: 'INVALID_OPTION',
    operation: 'mount /etc',
  },
  {
    title: 'a memory limit that is a slip of the unit',
    options: { limits: { memory: 64 } },
    code: 'INVALID_LIMIT',
    operation: 'set the limit memory',
  },
  {
    title: 'a memory limit that is no size',
    options: { limits: { memory: 'much' } },
    code: 'INVALID_LIMIT',
    operation: 'set the limit memory',
  },
  {
    title: 'a memory limit below what a start takes',
    options: { limits: { memory: '64k' } },
    code: 'MEMORY_LIMIT_TOO_LOW',
    operation: 'start a container',
  },
  {
    title: 'a limit of no processes',
    options: { limits: { pids: 0 } },
    code: 'INVALID_LIMIT',
    operation: 'set the limit pids',
  },
  {
    title: 'a limit of no CPU time',
    options: { limits: { cpus: 0 } },
    code: 'INVALID_LIMIT',
    operation: 'set the limit cpus',
  },
  {
    title: 'CPUs that are not there',
    options: { limits: { cpuset: '4095' } },
    code: 'LIMIT_UNSUPPORTED',
    operation: 'set the limit cpuset',
  },
  {
    title: 'a limit of a disk that is not there',
    options: { limits: { io: [{ device: '4095:1', readBps: '1m' }] } },
    code: 'INVALID_LIMIT',
    operation: /limit reads to 1 MiB\/s on 4095:1/,
  },
  {
    title: 'a limit of a file',
    options: { limits: { io: [{ device: '/etc/passwd', readBps: '1m' }] } },
    code: 'INVALID_LIMIT',
    operation: 'set the limit io',
  },
  {
    title: 'a cgroup parent that is not there',
    options: { cgroupParent: 'no/such' },
    code: 'CGROUP_PARENT_NOT_FOUND',
    operation: /cgroup \/no\/such/,
  },
  {
    title: 'a user without an account',
    options: { user: 'somebody' },
    code: 'USER_NOT_FOUND',
    operation: 'run as the user "somebody"',
  },
  {
    title: 'a user beyond 31 bits',
    options: { user: '4294967296' },
    code: 'USER_NOT_FOUND',
    operation: 'run as the user "4294967296"',
  },
  {
    title: 'a name that is a path',
    options: { name: '../x' },
    code: 'INVALID_OPTION',
    operation: 'name the container',
  },
  {
    title: 'a working directory that is a file',
    options: { cwd: '/etc/passwd' },
    code: 'WORKING_DIRECTORY_NOT_FOUND',
    operation: 'go to the working directory /etc/passwd',
  },
];

describe('a start that fails names what failed:', () => {
  it.each(failures)('$title', async ({ command = ['true'], options, code, operation }) => {
    const error = await refusal(box(command, options));
    expect(error).toMatchObject({
      code,
      operation: typeof operation === 'string' ? operation : expect.stringMatching(operation),
    });
    expect(error['hint']).toEqual(expect.stringMatching(/\w/));
    expect(error.message).toContain(error['operation']);
  });

  it('a script without an interpreter, and a file that is no program', async () => {
    const path = await ownRootfs(newDirectory());
    writeFileSync(join(path, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
    writeFileSync(join(path, 'noise'), 'not a program', { mode: 0o755 });
    const started = (name: string) => refusal(box([`/${name}`], { rootfs: path }));
    expect(await started('script')).toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      hint: expect.stringContaining('loader'),
    });
    expect(await started('noise')).toMatchObject({
      code: 'COMMAND_NOT_EXECUTABLE',
      hint: expect.stringContaining('#!'),
    });
  });

  it.each([
    'nonsense',
    '0 100000',
    '0 0 10\n5 100 10', // overlapping
  ])('an id map that can’t be: %j', async (uidMap) => {
    const error = await refusal(box(['true'], { namespaces: { user: { uidMap, gidMap: '0 0 1' } } }));
    expect(error['operation']).toMatch(/uid_map|map the ids/);
    expect(error['hint']).toMatch(/\w/);
  });

  it('a runtime directory that can’t be made', async () => {
    const before = process.env['TCTL_RUNTIME_DIR'];
    process.env['TCTL_RUNTIME_DIR'] = '/etc/passwd/run';
    try {
      expect(await refusal(box(['true']))).toMatchObject({
        code: 'RUNTIME_DIRECTORY',
        hint: expect.stringMatching(/TCTL_RUNTIME_DIR/),
      });
    } finally {
      process.env['TCTL_RUNTIME_DIR'] = before;
    }
  });
});

describe('a name that is in use', () => {
  it('is refused, and the container that has it is not harmed', async () => {
    const name = newName();
    const limits = { memory: '64m', pids: 20 };
    await using first = box('read line; echo "unharmed $line"', { name, limits, stdin: 'pipe' });
    await first.started;
    for (let n = 0; n < 5; n += 1) {
      const error = await refusal(box(['true'], { name, limits }));
      expect(error).toMatchObject({ code: 'CONTAINER_EXISTS', hint: expect.stringMatching(/another name/) });
      expect(error['operation']).toContain(name);
    }
    first.stdin?.end('indeed\n');
    expect(await first).toMatchObject({ exitCode: 0, stdout: 'unharmed indeed\n' });
    expect((await box(['true'], { name })).exitCode).toBe(0);
  });

  it('goes to one of four that start at once', async () => {
    for (let n = 0; n < 5; n += 1) {
      const name = newName();
      // It waits for a line, so it still runs when the last is started, however slow the machine.
      const runs = Array.from({ length: 4 }, () => box('read line; echo "$line"', { name, stdin: 'pipe' }));
      const codes: unknown[] = [];
      const outputs = runs.map((each) =>
        each.then(
          ({ stdout }) => stdout,
          ({ code }: { code: unknown }) => void codes.push(code),
        ),
      );
      await until(() => codes.length === 3, 'all but one are refused');
      for (const { stdin } of runs) stdin?.end('mine\n');
      expect((await Promise.all(outputs)).filter((text) => text !== undefined)).toEqual(['mine\n']);
      expect(new Set(codes)).toEqual(new Set(['CONTAINER_EXISTS']));
    }
  });
});

describe('a controller that is not there', () => {
  const job = (limits: RunOptions['limits']) => ({
    command: ['echo', 'fine'],
    options: { ...defaults(), ...(limits === undefined ? {} : { limits }) },
  });

  it('makes its limit an error, and only that, on v1', async (context) => {
    requires(context, mode('v1', 'hybrid'), controller('pids'));
    const without = ['unshare', '-m', 'sh', '-c', 'umount /sys/fs/cgroup/pids && exec "$@"', 'sh'];
    const { error } = await runInNode(without, job({ pids: 20 }));
    expect(error).toMatchObject({
      code: 'LIMIT_UNSUPPORTED',
      operation: 'set the limit pids',
      hint: expect.stringMatching(/mount -t cgroup/),
    });
    expect(await runInNode(without, job({ memory: '64m' }))).toMatchObject({ stdout: 'fine\n' });
  });

  it('makes its limit an error, and only that, on v2', async (context) => {
    requires(context, mode('v2'));
    const group = `/sys/fs/cgroup/${newName()}`;
    // Nothing is enabled in the first group, so the second has no controllers; in its namespace it is the root.
    mkdirSync(`${group}/inner`, { recursive: true });
    try {
      const enter = `echo $$ > ${group}/inner/cgroup.procs && exec unshare -Cm "$@"`;
      const mount = 'umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';
      const without = ['sh', '-c', enter, 'sh', 'sh', '-c', mount, 'sh'];
      const { error } = await runInNode(without, job({ pids: 20 }));
      expect(error).toMatchObject({
        code: 'LIMIT_UNSUPPORTED',
        operation: 'set the limit pids',
        hint: expect.stringMatching(/subtree_control/),
      });
      expect(await runInNode(without, job(undefined))).toMatchObject({ stdout: 'fine\n' });
    } finally {
      rmdirSync(`${group}/inner`);
      rmdirSync(group);
    }
  });
});

describe('after any failure', () => {
  it('the next container starts as if nothing had been', async () => {
    await refusal(box(['no-such-command']));
    expect(await output('echo fine')).toBe('fine\n');
  });
});
