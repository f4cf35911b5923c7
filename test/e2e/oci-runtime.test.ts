/** tc-runtime as an engine calls it, on bundles of our own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { mode, requires, tool } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';
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

  it('says what to do where systemd can’t make its cgroups, or was not meant to', async (context) => {
    requires(context, mode('v1', 'hybrid'));
    await using bundle = await makeBundle('true', ({ linux }) => {
      linux['cgroupsPath'] = 'system.slice:tc:one';
    });
    const making = ['create', '--bundle', bundle.path, bundle.id];
    const { code, stderr } = await runtime('--systemd-cgroup', ...making);
    expect(code).toBe(1);
    expect(stderr).toMatch(/needs cgroup version 2.*podman --cgroup-manager cgroupfs/);
    expect((await runtime(...making)).stderr).toMatch(/linux\.cgroupsPath .* takes --systemd-cgroup/);
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

describe('tc-runtime exec', () => {
  it('passes on a signal that comes as soon as its command runs', async () => {
    await using bundle = await makeBundle('exec sleep 60', ({ linux }) => {
      linux['namespaces'] = ['network', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
    });
    await create(bundle);
    await succeed('start', bundle.id);
    // The shell becomes tc-runtime, and has told its command which process that is.
    const command = `trap 'exit 3' USR1; kill -USR1 $$; while :; do sleep 0.05; done`;
    const script = `exec "$0" --root "$1" exec "$2" sh -c "${command}"`;
    const started = startCommand(['sh', '-c', script, runtimePath, stateRoot, bundle.id], {
      env: process.env,
    });
    expect(await started.ended).toMatchObject({ code: 3, stderr: '' });
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
});

describe('a container of tc-runtime', () => {
  const run = async (script: string, change?: Parameters<typeof makeBundle>[1]) => {
    await using bundle = await makeBundle(script, change);
    const { code, stdout, stderr } = await runtime('run', '--bundle', bundle.path, bundle.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

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

  it('tells what it uses, once or now and then', async () => {
    await using bundle = await makeBundle('exec sleep 600');
    await create(bundle);
    await succeed('start', bundle.id);
    const { type, id, data } = JSON.parse(await succeed('events', '--stats', bundle.id));
    expect({ type, id, current: data.pids.current }).toEqual({ type: 'stats', id: bundle.id, current: 1 });
    const followed = startCommand(
      [runtimePath, '--root', stateRoot, 'events', '--interval', '50ms', bundle.id],
      { env: {} },
    );
    await until(
      () => followed.stdout().split('\n').length > 3,
      () => 'it has told three times',
    );
    await succeed('kill', bundle.id, 'KILL');
    expect(await followed.ended).toMatchObject({ code: 0, stderr: '' });
    const refused = await runtime('events', '--interval', 'often', bundle.id);
    expect(refused.stderr).toContain('--interval takes a time above 0');
  });

  it('is refused the labels of a security module that the kernel runs without', async (context) => {
    const module = '/sys/module/apparmor/parameters/enabled';
    requires(context, () => (existsSync(module) ? 'the kernel runs with AppArmor' : undefined));
    await using bundle = await makeBundle('exec sleep 600');
    await create(bundle);
    await succeed('start', bundle.id);
    const { code, stderr } = await runtime('exec', '--apparmor', 'some_profile', bundle.id, 'true');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('AppArmor') });
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
