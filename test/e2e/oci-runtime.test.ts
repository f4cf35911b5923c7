/** tc-runtime as an engine calls it, on bundles of our own. */
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { requires, tool } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';
import { whileListening } from '../support/seccomp-agent.ts';
import { startCommand } from './support/command.ts';
import {
  type Bundle,
  create,
  listenForTerminal,
  makeBundle,
  runtime,
  runtimePath,
  stateRoot,
  succeed,
} from './support/oci.ts';
import { newDirectory } from './support/suite.ts';
import { until } from './support/until.ts';

const cgroupsOf = (path: string) =>
  cgroupMountPoints()
    .map((point) => join(point, path))
    .filter(existsSync);

async function untilStopped(bundle: Bundle): Promise<void> {
  for (const begin = performance.now(); (await bundle.state())['status'] !== 'stopped'; )
    if (performance.now() - begin > scaled(10_000)) throw new Error('it does not stop');
}

describe('tc-runtime', () => {
  it('tells its version and its features with nothing in the environment', async () => {
    expect(await succeed('--version')).toMatch(/^tc-runtime version .+\nspec: 1\.2/);
    const features = JSON.parse(await succeed('features'));
    expect(features.linux.namespaces).toContain('time');
    expect(features.mountOptions).toContain('rro');
  });

  it('runs a bundle as `spec` writes it, waits, and leaves nothing', async () => {
    await using bundle = await makeBundle('echo out; echo err >&2; exit 7');
    const { code, stdout, stderr } = await runtime('run', '--bundle', bundle.path, bundle.id);
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    expect(cgroupsOf(bundle.cgroup)).toEqual([]);
    expect((await runtime('state', bundle.id)).stderr).toContain('container does not exist');
  });

  it('ends by a signal as its command does', async () => {
    // The first process of a PID namespace can't end itself by a signal: pid_namespaces(7).
    await using bundle = await makeBundle('kill -TERM $$', (config) => {
      config.linux['namespaces'] = ['network', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
    });
    expect((await runtime('run', '--bundle', bundle.path, bundle.id)).code).toBe(128 + 15);
  });

  it('passes signals on to what it waits for', async () => {
    await using bundle = await makeBundle(
      'trap "echo got it; exit 3" USR1; echo up; while :; do sleep 0.05; done',
    );
    const output = join(bundle.path, 'out');
    const script = `tc=$1; shift; "$tc" "$@" > ${output} & wait $!; wait $!; echo "code $?"`;
    const started = startCommand(
      [
        'bash',
        '-c',
        `trap 'kill -USR1 $!' USR1; ${script}`,
        'x',
        runtimePath,
        '--root',
        stateRoot,
        'run',
        '--bundle',
        bundle.path,
        bundle.id,
      ],
      { env: process.env },
    );
    await until(
      () => existsSync(output) && readFileSync(output, 'utf8') === 'up\n',
      () => 'it runs',
    );
    started.process.kill('SIGUSR1');
    expect((await started.ended).stdout).toBe('code 3\n');
    expect(readFileSync(output, 'utf8')).toBe('up\ngot it\n');
  });
});

describe('create and start', () => {
  it('are apart: the command runs when it is started, once', async () => {
    await using bundle = await makeBundle('echo ran; read x < /proc/self/stat; sleep 60');
    const pidFile = join(bundle.path, 'pid');
    const output = await create(bundle, '--pid-file', pidFile);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(await bundle.state()).toMatchObject({
      id: bundle.id,
      status: 'created',
      pid,
      bundle: bundle.path,
    });
    expect(output()).toBe('');
    expect((await runtime('delete', bundle.id)).code).toBe(0); // of what was only made, without --force
    await create(bundle);
    await succeed('start', bundle.id);
    await until(
      () => output() === 'ran\n',
      () => 'it has run',
    );
    expect(await bundle.state()).toMatchObject({ status: 'running' });
    const again = await runtime('start', bundle.id);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain('it is running already');
    expect((await runtime('create', '--bundle', bundle.path, bundle.id)).stderr).toContain(
      'container with id exists',
    );
    expect((await runtime('delete', bundle.id)).stderr).toContain('not stopped');
    await succeed('kill', bundle.id, 'KILL');
    await untilStopped(bundle);
    expect(await bundle.state()).toMatchObject({ pid: 0 });
    expect((await runtime('kill', bundle.id, '9')).stderr).toContain('container not running');
    expect((await runtime('start', bundle.id)).stderr).toContain('cannot start a container that has stopped');
    await succeed('delete', bundle.id);
    expect((await runtime('delete', bundle.id)).code).not.toBe(0);
    await succeed('delete', '--force', bundle.id); // engines do that, and it must succeed
  });

  it.each([
    ['is not in PATH', ['no-such-command'], 'executable file not found in $PATH'],
    ['has a path to nothing', ['/no/such'], 'no such file or directory'],
    ['can’t be executed', ['/etc/passwd'], 'permission denied'],
  ])('refuse a command that %s, when it is made', async (_, args, words) => {
    await using bundle = await makeBundle('', (config) => {
      config.process.args = args;
    });
    const { code, stderr } = await runtime('create', '--bundle', bundle.path, bundle.id);
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
    expect(cgroupsOf(bundle.cgroup)).toEqual([]);
  });

  it('write errors to the log of an engine, as JSON', async () => {
    await using bundle = await makeBundle('', (config) => {
      config.linux['intelRdt'] = { closID: 'x' };
    });
    const log = join(bundle.path, 'log');
    await runtime('--log', log, '--log-format', 'json', 'create', '--bundle', bundle.path, bundle.id);
    const { level, msg } = JSON.parse(readFileSync(log, 'utf8'));
    expect(level).toBe('error');
    expect(msg).toContain('linux.intelRdt is not supported');
  });

  it('run hooks with the state on their stdin, and fail with them', async () => {
    await using bundle = await makeBundle('true', (config) => {
      const hook = (name: string) => [
        { path: '/bin/sh', args: ['sh', '-c', `cat >> "$OUT"; echo ${name} >> "$OUT"`], env: [`OUT=${log}`] },
      ];
      const log = join(newDirectory(), 'hooks');
      config['hookLog'] = log;
      config.hooks = {
        prestart: hook('prestart'),
        createRuntime: hook('createRuntime'),
        poststart: hook('poststart'),
        poststop: hook('poststop'),
      };
    });
    const log = String(JSON.parse(readFileSync(join(bundle.path, 'config.json'), 'utf8')).hookLog);
    expect((await runtime('run', '--bundle', bundle.path, bundle.id)).code).toBe(0);
    const seen = readFileSync(log, 'utf8');
    const names = [...seen.matchAll(/"status":"(\w+)".*?\}(\w+)\n/g)].map(
      ([, status, name]) => `${name} ${status}`,
    );
    expect(names).toEqual([
      'prestart creating',
      'createRuntime creating',
      'poststart running',
      'poststop stopped',
    ]);

    await using failing = await makeBundle('true', (config) => {
      config.hooks = { createRuntime: [{ path: '/bin/sh', args: ['sh', '-c', 'echo broken >&2; exit 4'] }] };
    });
    const { code, stderr } = await runtime('run', '--bundle', failing.path, failing.id);
    expect(code).not.toBe(0);
    expect(stderr).toContain('hooks.createRuntime[0]: /bin/sh: exit code 4: broken');
    expect(cgroupsOf(failing.cgroup)).toEqual([]);
  });
});

describe('a container of tc-runtime', () => {
  const run = async (script: string, change?: Parameters<typeof makeBundle>[1]) => {
    await using bundle = await makeBundle(script, change);
    const { code, stdout, stderr } = await runtime('run', '--bundle', bundle.path, bundle.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  it('is as its configuration says: user, groups, umask, directory, host name, limits', async () => {
    const seen = await run(
      'id -u; id -g; id -G; umask; pwd; hostname; ulimit -n; cat /proc/self/oom_score_adj; echo $A',
      (config) => {
        Object.assign(config, { hostname: 'inside' });
        Object.assign(config.process, {
          user: { uid: 1000, gid: 1001, additionalGids: [7, 8], umask: 0o027 },
          cwd: '/tmp',
          rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }],
          oomScoreAdj: 500,
          env: ['PATH=/usr/bin:/bin', 'A=b c'],
        });
      },
    );
    expect(seen).toBe('1000\n1001\n1001 7 8\n0027\n/tmp\ninside\n100\n500\nb c\n');
  });

  it('has each of the five sets of capabilities as it is told, and a user may keep some', async () => {
    const seen = await run('grep ^Cap /proc/self/status', (config) => {
      config.process['user'] = { uid: 1000, gid: 1000 };
      const [kill, chown] = ['CAP_KILL', 'CAP_CHOWN'];
      config.process['capabilities'] = {
        bounding: [kill, chown],
        permitted: [kill, chown],
        effective: [kill],
        inheritable: [kill],
        ambient: [kill],
      };
    });
    const bits = (value: number) => value.toString(16).padStart(16, '0');
    // After execve(2) a user other than root has what is ambient: capabilities(7).
    expect(seen.match(/\w{16}/g)).toEqual([0x20, 0x20, 0x20, 0x21, 0x20].map(bits));
  });

  it('has no descriptor but its standard streams, and those that it is to keep', async () => {
    expect(
      await run(
        'i=3; while [ $i -lt 300 ]; do [ -L /proc/self/fd/$i ] && echo $i; i=$((i + 1)); done; echo none',
      ),
    ).toBe('none\n');
    await using bundle = await makeBundle('cat <&3; cat <&4');
    const script = '"$0" --root "$1" run --preserve-fds 2 --bundle "$2" "$3" 3<<< three 4<<< four 5<<< five';
    const { stdout } = await startCommand([
      'bash',
      '-c',
      script,
      runtimePath,
      stateRoot,
      bundle.path,
      bundle.id,
    ]).ended;
    expect(stdout).toBe('three\nfour\n');
  });

  it('has the mounts of its configuration, with their options, in their order', async () => {
    const source = newDirectory();
    writeFileSync(join(source, 'file'), 'of the host');
    const seen = await run(
      'cat /mnt/file; echo; (echo x > /mnt/file) 2>&1 | sed "s/.*: //"; grep " /mnt\\| /run " /proc/self/mountinfo | cut -d" " -f5,6; stat -c %a /run',
      (config) => {
        config.mounts.push(
          {
            destination: '/mnt',
            type: 'bind',
            source,
            options: ['rbind', 'ro', 'nosuid', 'noexec', 'rprivate'],
          },
          {
            destination: '/run',
            type: 'tmpfs',
            source: 'x',
            options: ['nodev', 'noatime', 'mode=711', 'size=64k'],
          },
        );
      },
    );
    expect(seen).toContain('of the host\nRead-only file system\n');
    expect(seen).toMatch(/^\/mnt ro,nosuid,noexec/m);
    expect(seen).toMatch(/^\/run rw,nodev,noatime$/m);
    expect(seen).toMatch(/^711$/m);
  });

  it('can’t see what is masked, nor change what is read-only', async () => {
    const seen = await run(
      'wc -c < /proc/timer_list; ls -A /sys/firmware; (echo x > /proc/sys/kernel/hostname) 2>&1 | sed "s/.*: //"',
    );
    expect(seen).toBe('0\nRead-only file system\n');
  });

  it('has the usual devices and no others', async () => {
    const script =
      'for i in null zero full random urandom tty; do test -c /dev/$i && echo $i; done; mknod /dev/x b 7 0 2>&1 | sed "s/.*: //"';
    expect(await run(script)).toBe('null\nzero\nfull\nrandom\nurandom\ntty\nOperation not permitted\n');
    const opened = await run('mknod /dev/x b 7 0; head -c1 /dev/x 2>&1 | sed "s/.*: //"', (config) => {
      const capabilities = config.process['capabilities'] as Record<string, string[]>;
      for (const set of ['bounding', 'effective', 'permitted']) capabilities[set]?.push('CAP_MKNOD');
    });
    expect(opened).toBe('Operation not permitted\n');
  });

  it('filters system calls, with no_new_privs and without', async () => {
    const seccomp = {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }],
    };
    for (const noNewPrivileges of [true, false]) {
      const seen = await run(
        'mkdir /tmp/x 2>&1 | sed "s/.*: //"; grep NoNewPrivs /proc/self/status | cut -f2',
        (config) => {
          config.linux['seccomp'] = seccomp;
          config.process['noNewPrivileges'] = noNewPrivileges;
          config.mounts.push({ destination: '/tmp', type: 'tmpfs', source: 'x' });
        },
      );
      expect(seen).toBe(`Operation not supported\n${noNewPrivileges ? 1 : 0}\n`);
    }
  });

  it('may be in a user namespace', async () => {
    const seen = await run('id -u; cat /proc/self/uid_map; test -c /dev/null && echo null', (config) => {
      (config.linux['namespaces'] as object[]).push({ type: 'user' });
      const map = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
      Object.assign(config.linux, { uidMappings: map, gidMappings: map });
    });
    expect(seen.replace(/ +/g, ' ')).toBe('0\n 0 200000 65536\nnull\n');
  });

  it('joins namespaces by their paths', async () => {
    await using first = await makeBundle('sleep 60');
    await create(first);
    const { pid } = await first.state();
    const seen = await run('readlink /proc/self/ns/ipc /proc/self/ns/uts; hostname', (config) => {
      config.linux['namespaces'] = [
        ...['pid', 'network', 'mount', 'cgroup'].map((type) => ({ type })),
        ...['ipc', 'uts'].map((type) => ({ type, path: `/proc/${pid}/ns/${type}` })),
      ];
      delete config['hostname'];
    });
    const links = ['ipc', 'uts'].map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
    expect(seen).toBe(`${links.join('\n')}\ntc-runtime\n`);
  });

  it('has all of its processes signalled, where that is asked for', async () => {
    await using bundle = await makeBundle('trap "" USR1; sleep 1000 & sleep 1001 & sleep 60; wait');
    await create(bundle);
    await succeed('start', bundle.id);
    const count = async () => JSON.parse(await succeed('ps', '--format', 'json', bundle.id)).length;
    await expect.poll(count, { timeout: scaled(10_000) }).toBe(4);
    await succeed('kill', '--all', bundle.id, 'USR1'); // which children of the shell ignore, too
    expect(await count()).toBe(4);
    await succeed('kill', '--all', bundle.id, 'KILL');
    await untilStopped(bundle);
  });

  it('has a seccomp filter that asks a listener, which gets the state of the container', async () => {
    const [, lines] = await whileListening(newDirectory(), 1, async (path) => {
      await using bundle = await makeBundle('mkdir /tmp/x; exec sleep 60', (config) => {
        config.linux['seccomp'] = {
          defaultAction: 'SCMP_ACT_ALLOW',
          listenerPath: path,
          syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_NOTIFY' }],
        };
      });
      await create(bundle);
      await succeed('start', bundle.id);
      return await expect.poll(async () => (await bundle.state())['status']).toBe('running');
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ fds: ['seccompFd'], state: { status: 'creating' } });
    expect(lines[1]).toMatch(/^asked by \d+$/);
  });

  it.for([
    ['an AppArmor profile', 'apparmorProfile', '/sys/module/apparmor/parameters/enabled'],
    ['a SELinux label', 'selinuxLabel', '/sys/fs/selinux/enforce'],
  ] as const)(
    'is refused %s where the kernel runs without the module',
    async ([, field, module], context) => {
      requires(context, () => (existsSync(module) ? 'the kernel runs with it' : undefined));
      await using bundle = await makeBundle('true', (config) => {
        config.process[field] = 'some_label';
      });
      const { code, stderr } = await runtime('create', '--bundle', bundle.path, bundle.id);
      expect(code).toBe(1);
      expect(stderr).toMatch(/AppArmor|SELinux/);
    },
  );

  it('is held to its limits, which update changes', async () => {
    await using bundle = await makeBundle('sleep 60', (config) => {
      config.linux['resources'] = { memory: { limit: 64 * 2 ** 20 }, pids: { limit: 20 } };
    });
    await create(bundle);
    const isV2 = readCgroupHost().mode === 'v2';
    const read = (name: string) => {
      const file = cgroupsOf(bundle.cgroup)
        .map((each) => join(each, name))
        .find(existsSync);
      return readFileSync(file ?? name, 'utf8').trim();
    };
    const memory = isV2 ? 'memory.max' : 'memory.limit_in_bytes';
    expect([read(memory), read('pids.max')]).toEqual([String(64 * 2 ** 20), '20']);
    const file = join(bundle.path, 'resources');
    writeFileSync(file, JSON.stringify({ memory: { limit: 128 * 2 ** 20 } }));
    await succeed('update', '--resources', file, bundle.id);
    await succeed('update', '--pids-limit', '30', bundle.id);
    expect([read(memory), read('pids.max')]).toEqual([String(128 * 2 ** 20), '30']);

    const devices = [{ allow: true, type: 'c', major: 1, minor: 3, access: 'rw' }];
    writeFileSync(file, JSON.stringify({ pids: { limit: 40 }, devices }));
    await succeed('update', '--resources', file, bundle.id);
    // No CPU has that number: what was set before it is put back.
    writeFileSync(
      file,
      JSON.stringify({ memory: { limit: 2 ** 25 }, pids: { limit: 50 }, cpu: { cpus: '9999' } }),
    );
    expect((await runtime('update', '--resources', file, bundle.id)).code).not.toBe(0);
    expect([read(memory), read('pids.max')]).toEqual([String(128 * 2 ** 20), '40']);
  });

  it('can be paused, and goes on', async () => {
    await using bundle = await makeBundle('sleep 60');
    await create(bundle);
    await succeed('start', bundle.id);
    await succeed('pause', bundle.id);
    expect(await bundle.state()).toMatchObject({ status: 'paused' });
    expect((await runtime('exec', bundle.id, 'true')).stderr).toContain('is paused');
    await succeed('resume', bundle.id);
    expect(await bundle.state()).toMatchObject({ status: 'running' });
    await succeed('pause', bundle.id);
    await succeed('delete', '--force', bundle.id); // also of what is paused
  });

  it('has more processes run in it, with its namespaces, limits and privileges', async () => {
    await using bundle = await makeBundle('exec sleep 60');
    await create(bundle);
    await succeed('start', bundle.id);
    const { code, stdout } = await runtime(
      ...['exec', '--user', '1000:1001', '--env', 'X=y', '--cwd', '/proc', bundle.id],
      ...['sh', '-c', 'id -u; pwd; echo $X; cat /proc/1/comm; grep CapBnd /proc/self/status; exit 9'],
    );
    expect(code).toBe(9);
    expect(stdout).toMatch(/^1000\n\/proc\ny\nsleep\nCapBnd:\t00000000a00425fb\n$/);
    expect(JSON.parse(await succeed('ps', '--format', 'json', bundle.id))).toEqual([
      (await bundle.state())['pid'],
    ]);
    const missing = await runtime('exec', bundle.id, 'no-such-command');
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('executable file not found in $PATH');

    const file = join(bundle.path, 'process');
    writeFileSync(
      file,
      JSON.stringify({ args: ['sh', '-c', 'exec sleep 50 >&- 2>&-'], cwd: '/', user: { uid: 0, gid: 0 } }),
    );
    const pidFile = join(bundle.path, 'exec-pid');
    await succeed('exec', '--detach', '--process', file, '--pid-file', pidFile, bundle.id);
    const pids = JSON.parse(await succeed('ps', '--format', 'json', bundle.id));
    expect(pids).toContain(Number(readFileSync(pidFile, 'utf8')));
    expect(pids.length).toBe(2);
  });

  it('passes its terminal to whoever listens on the console socket', async (context) => {
    requires(context, tool('perl'));
    await using bundle = await makeBundle(
      'tty; stty size; test -c /dev/console && echo console',
      (config) => {
        Object.assign(config.process, { terminal: true, consoleSize: { width: 91, height: 33 } });
      },
    );
    const socket = join(bundle.path, 'socket');
    const listener = listenForTerminal(socket);
    try {
      await until(
        () => listener.output() === 'listening\n',
        () => 'somebody listens',
      );
      await create(bundle, '--console-socket', socket);
      await succeed('start', bundle.id);
      await until(
        () => listener.output().includes('console'),
        () => 'it has written',
      );
      expect(listener.output().replaceAll('\r', '')).toBe('listening\n/dev/pts/0\n33 91\nconsole\n');
    } finally {
      listener.end();
    }
    const { stderr } = await runtime('create', '--bundle', bundle.path, `${bundle.id}-x`);
    expect(stderr).toContain('there is no --console-socket');
  });

  it('is listed', async () => {
    await using bundle = await makeBundle('sleep 60');
    await create(bundle);
    const list = JSON.parse(await succeed('list', '--format', 'json')) as { id: string; status: string }[];
    expect(list.find(({ id }) => id === bundle.id)?.status).toBe('created');
    expect(await succeed('list')).toMatch(new RegExp(`^${bundle.id} +\\d+ +created `, 'm'));
    expect(await succeed('list', '--quiet')).toContain(`${bundle.id}\n`);
  });
});
