/** podman with tc-runtime in runc's place. Storage, state and cgroups are this file's own, and go with it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed } from '../support/installed.ts';
import { removePodmanParent } from '../support/podman-cgroups.ts';
import { requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { environment, type Finished, startCommand } from './support/command.ts';
import { runtimePath } from './support/oci.ts';
import { directory, newDirectory, newName } from './support/suite.ts';

const needs = [installed('podman'), installed('conmon')];
const isThere = needs.every((need) => need() === undefined);
const storage = join(directory, 'podman');
const configuration = join(storage, 'containers.conf');
const cgroupParent = `/e${process.pid}-podman`;

// Without CAP_SYS_RESOURCE podman's own limits of processes are too high; without an init system it must not look for one.
const settings = `[containers]
default_ulimits=["nofile=1024:1024","nproc=4096:4096"]
cgroup_manager="cgroupfs"
[engine]
events_logger="file"
`;

function podman(...args: string[]): Promise<Finished> {
  const globals = [
    '--root',
    join(storage, 'root'),
    '--runroot',
    join(storage, 'run'),
    '--tmpdir',
    join(storage, 'tmp'),
  ];
  const choices = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--runtime', runtimePath];
  const env = environment({ CONTAINERS_CONF: configuration });
  return startCommand(['podman', ...globals, ...choices, ...args], { env }).ended;
}

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await podman(...args);
  if (code !== 0) throw new Error(`podman ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

const ours = ['--network', 'none', '--cgroup-parent', cgroupParent];
const run = (...args: string[]) => podman('run', '--rm', ...ours, ...args);
const output = (...args: string[]) => succeed('run', '--rm', ...ours, ...args);

/** A container in the background, to be disposed of. */
async function background(...args: string[]): Promise<{ name: string } & AsyncDisposable> {
  const name = newName();
  await succeed('run', '-d', '--name', name, ...ours, ...args);
  return {
    name,
    async [Symbol.asyncDispose]() {
      await succeed('rm', '--force', '--time', '0', name);
    },
  };
}

beforeAll(async () => {
  if (!isThere) return;
  mkdirSync(storage, { recursive: true });
  writeFileSync(configuration, settings);
  const archive = join(storage, 'image.tar');
  execFileSync('tar', ['-C', hostRoot, '-cf', archive, '.']);
  await succeed('import', archive, 'host');
});

afterAll(async () => {
  if (!isThere) return;
  await succeed('rm', '--all', '--force', '--time', '0');
  await succeed('rmi', '--all', '--force');
  await removePodmanParent(cgroupParent);
});

const isV2 = readCgroupHost().mode === 'v2';

describe('podman run', () => {
  it('gives the output, the exit code and the streams of the command', async (context) => {
    requires(context, ...needs);
    const { code, stdout, stderr } = await run('host', 'sh', '-c', 'echo out; echo err >&2; exit 7');
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('ends with 127 and 126 where the command is missing or no program', async (context) => {
    requires(context, ...needs);
    expect((await run('host', 'no-such-command')).code).toBe(127);
    expect((await run('host', '/etc/passwd')).code).toBe(126);
  });

  it('sets limits', async (context) => {
    requires(context, ...needs);
    const files = isV2
      ? ['memory.max', 'pids.max', 'cpu.max']
      : ['memory/memory.limit_in_bytes', 'pids/pids.max', 'cpu/cpu.cfs_quota_us'];
    const script = `cd /sys/fs/cgroup; cat ${files.join(' ')}`;
    const limits = ['--memory', '64m', '--pids-limit', '77', '--cpus', '0.5'];
    expect(await output(...limits, 'host', 'sh', '-c', script)).toMatch(/^67108864\n77\n50000/);
  });

  it('takes --user, --cap-drop, --read-only, --tmpfs, --volume, --security-opt, --ulimit, --sysctl, --hostname', async (context) => {
    requires(context, ...needs);
    const volume = newDirectory();
    chmodSync(volume, 0o755);
    writeFileSync(join(volume, 'file'), 'of the host');
    const script =
      'id -u; grep -h "CapEff\\|NoNewPrivs" /proc/self/status; touch /x 2>&1 | sed "s/.*: //"; touch /mnt/t && echo tmpfs; cat /vol/file; echo; touch /vol/x 2>&1 | sed "s/.*: //"; ulimit -n; cat /proc/sys/net/ipv4/ip_forward; hostname';
    const options = ['--user', '1000:1000', '--cap-drop', 'all', '--read-only', '--tmpfs', '/mnt:mode=1777'];
    const more = ['--volume', `${volume}:/vol:ro`, '--security-opt', 'no-new-privileges'];
    const last = [
      '--ulimit',
      'nofile=99:99',
      '--ulimit',
      'nproc=4000:4000',
      '--sysctl',
      'net.ipv4.ip_forward=1',
      '--hostname',
      'inside',
    ];
    expect(await output(...options, ...more, ...last, 'host', 'sh', '-c', script)).toBe(
      [
        '1000',
        'CapEff:\t0000000000000000',
        'NoNewPrivs:\t1',
        'Read-only file system',
        'tmpfs',
        'of the host',
        'Read-only file system',
        '99',
        '1',
        'inside',
      ].join('\n'),
    );
  });

  it('filters system calls by podman’s profile', async (context) => {
    requires(context, ...needs);
    expect(await output('host', 'grep', '^Seccomp:', '/proc/self/status')).toBe('Seccomp:\t2');
    const unconfined = ['--security-opt', 'seccomp=unconfined'];
    expect(await output(...unconfined, 'host', 'grep', '^Seccomp:', '/proc/self/status')).toBe('Seccomp:\t0');
  });

  it('starts a tmpfs with what the image has there', async (context) => {
    requires(context, ...needs);
    expect(
      await output('--tmpfs', '/etc', 'host', 'sh', '-c', 'test -s /etc/passwd && stat -f -c %T /etc'),
    ).toBe('tmpfs');
  });

  it('gives no device to a container that makes one', async (context) => {
    requires(context, ...needs);
    expect(
      await output('host', 'sh', '-c', 'mknod /dev/x b 7 0; head -c1 /dev/x 2>&1 | sed "s/.*: //"'),
    ).toBe('Operation not permitted');
  });

  it('takes --privileged, --network host, --pid host and user namespaces', async (context) => {
    requires(context, ...needs);
    const all = await output('--privileged', 'host', 'grep', 'CapBnd', '/proc/self/status');
    expect(Number.parseInt(all.slice(-16), 16)).toBeGreaterThan(0x1ffffffff);
    const host = ['run', '--rm', '--network', 'host', '--pid', 'host', '--cgroup-parent', cgroupParent];
    const links = ['/proc/self/ns/net', '/proc/self/ns/pid'];
    expect(await succeed(...host, 'host', 'readlink', ...links)).toBe(
      links.map((link) => readlinkSync(link)).join('\n'),
    );
    const maps = ['--uidmap', '0:200000:65536', '--gidmap', '0:200000:65536'];
    expect((await output(...maps, 'host', 'cat', '/proc/self/uid_map')).trim()).toMatch(/^0 +200000 +65536$/);
  });

  it('has a terminal with -t', async (context) => {
    requires(context, ...needs);
    expect(
      (await output('-t', 'host', 'sh', '-c', 'tty; test -c /dev/console && echo console')).replaceAll(
        '\r',
        '',
      ),
    ).toBe('/dev/pts/0\nconsole');
  });
});

describe('podman', () => {
  it('execs, logs, pauses, stops, starts again and kills a container', async (context) => {
    requires(context, ...needs);
    await using container = await background(
      'host',
      'sh',
      '-c',
      'trap "exit 5" TERM; echo begun; while :; do sleep 0.1; done',
    );
    const { name } = container;
    const state = () => succeed('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name);
    const exec = await podman(
      'exec',
      '--user',
      '7',
      '--env',
      'A=b',
      name,
      'sh',
      '-c',
      'id -u; echo $A; cat /proc/1/comm; exit 9',
    );
    expect({ code: exec.code, stdout: exec.stdout }).toEqual({ code: 9, stdout: '7\nb\nsh\n' });
    expect((await podman('exec', name, 'no-such-command')).code).toBe(127);
    expect((await podman('exec', '-t', name, 'tty')).stdout.trim()).toMatch(/^\/dev\/pts\/\d$/);
    expect(await succeed('logs', name)).toBe('begun');
    expect(await succeed('top', name, 'pid')).toMatch(/^PID\n1$/m);
    expect(await succeed('stats', '--no-stream', '--format', '{{.PIDs}}', name)).toMatch(/^[12]$/);
    await succeed('pause', name);
    expect(await state()).toBe('paused 0');
    await succeed('unpause', name);
    expect(await state()).toBe('running 0');
    await succeed('stop', '--time', '30', name);
    expect(await state()).toBe('exited 5');
    await succeed('start', name);
    expect(await state()).toBe('running 0');
    await succeed('restart', '--time', '0', name);
    await succeed('kill', name);
    expect(await succeed('wait', name)).toBe('137');
  });

  it('runs two containers in a pod, which share their network, IPC and host name', async (context) => {
    requires(context, ...needs);
    await using first = await background('--hostname', 'shared', 'host', 'sleep', '60');
    const shared = ['--network', `container:${first.name}`, '--ipc', `container:${first.name}`];
    const script = 'readlink /proc/self/ns/net /proc/self/ns/ipc';
    const options = ['run', '--rm', '--cgroup-parent', cgroupParent, ...shared, 'host', 'sh', '-c', script];
    expect(await succeed(...options)).toBe(await succeed('exec', first.name, 'sh', '-c', script));
  });
});
