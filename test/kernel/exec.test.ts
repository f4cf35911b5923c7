import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, type ContainerOptions, RunError } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { defaults, newName, refusal, until, watchLeftovers } from '../support/kernel.ts';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { startContainerNode } from '../support/node.ts';
import { mode, namespace, requires } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const limits = { memory: '64m', pids: 60 } as const;

/** A container that does nothing, as long as it takes. */
async function sleeper(options: Partial<ContainerOptions> = {}): Promise<Container> {
  const { rootfs } = defaults();
  const container = await Container.create({
    rootfs,
    name: newName(),
    command: ['sleep', '1000'],
    limits,
    ...options,
  });
  await container.start();
  return container;
}

const sleepers = (container: Container, seconds: number) =>
  container
    .exec(['sh', '-c', `ps -eo args | grep -c '^sleep ${seconds}'; true`])
    .then(({ stdout }) => Number(stdout));

const link = (name: string) => ['readlink', `/proc/self/ns/${name}`];

describe('a command in a running container', () => {
  it('is in all of its namespaces and sees its root', async () => {
    await using container = await sleeper({ hostname: 'inside' });
    const { stdout } = await container.exec(['sh', '-c', 'hostname; cat /proc/1/comm; ls /proc/self/root']);
    expect(stdout).toMatch(/^inside\nsleep\nbin\n/);
    for (const name of ['mnt', 'pid', 'uts', 'ipc', 'net', 'cgroup', 'user']) {
      const [inside, first] = [
        await container.exec(link(name)),
        await container.exec(['readlink', `/proc/1/ns/${name}`]),
      ];
      expect([name, inside.stdout]).toEqual([name, first.stdout]);
    }
  });

  it('is in its cgroups: its limits hold for it', async () => {
    await using container = await sleeper();
    const { pid = 0 } = await container.inspect();
    const run = container.exec(['sleep', '1000']);
    const own = readFileSync(`/proc/${await run.started}/cgroup`, 'utf8');
    const first = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    // One group of its own, below the container's, is for killing it.
    expect(own.replace(/\/exec-[0-9a-f]{8}$/m, '')).toBe(first);
    expect(own).toMatch(/\/exec-/);
    run.kill('SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
  });

  it('has the privileges of the container, and none of the host’s descriptors', async () => {
    await using container = await sleeper({ capabilities: ['CAP_CHOWN', 'CAP_KILL'] });
    const { stdout } = await container.exec([
      'sh',
      '-c',
      "grep -E '^(Cap|NoNew)' /proc/self/status; ls /proc/self/fd",
    ]);
    expect(stdout).toBe(
      'CapInh:\t0000000000000000\nCapPrm:\t0000000000000021\nCapEff:\t0000000000000021\n' +
        'CapBnd:\t0000000000000021\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\n0\n1\n2\n3\n', // 3 is ls's own
    );
  });

  it('can have fewer privileges, and never more', async () => {
    await using container = await sleeper({ capabilities: ['CAP_CHOWN', 'CAP_KILL'] });
    const { stdout } = await container.exec(['grep', 'CapBnd', '/proc/self/status'], {
      capabilities: ['CAP_KILL'],
    });
    expect(stdout).toBe('CapBnd:\t0000000000000020\n');
    const more = container.exec(['true'], { capabilities: ['CAP_SYS_ADMIN'] });
    expect(await refusal(more)).toMatchObject({ code: 'INVALID_OPTION', operation: 'set the capabilities' });
  });

  it('has its environment, directory, user and umask, unless it is given others', async () => {
    await using container = await sleeper({
      env: { A: '1', B: '2' },
      cwd: '/tmp',
      user: '1000:1001',
      umask: 0o077,
    });
    const script = 'echo $A$B$HOME; pwd; id -u; id -g; umask';
    expect((await container.exec(['sh', '-c', script])).stdout).toBe('12/\n/tmp\n1000\n1001\n0077\n');
    const given = { env: { A: '3', B: undefined }, cwd: '/usr', user: 0, umask: 0o027 };
    expect((await container.exec(['sh', '-c', script], given)).stdout).toBe('3/root\n/usr\n0\n0\n0027\n');
  });

  it('gives back what it wrote, its exit code and its times', async () => {
    await using container = await sleeper();
    const run = container.exec(['sh', '-c', 'cat; echo err >&2; exit 7'], {
      input: Buffer.from([0, 255, 10]),
      encoding: 'buffer',
    });
    const result = await run;
    expect(result).toMatchObject({
      exitCode: 7,
      signal: undefined,
      reason: 'exit',
      truncated: false,
      oomKilled: false,
    });
    expect([...result.stdout]).toEqual([0, 255, 10]);
    expect(result.stderr.toString()).toBe('err\n');
    expect(result.startedAt?.getTime()).toBeLessThanOrEqual(result.finishedAt.getTime());
    expect(result.cpuUsec).toBeGreaterThan(0);
  });

  it('ends when it writes too much, and rejects where that was asked for', async () => {
    await using container = await sleeper();
    const flood = await container.exec(['sh', '-c', 'while :; do echo aaaaaaaaaa; done'], {
      maxOutput: 5000,
    });
    expect(flood).toMatchObject({ reason: 'output', truncated: true, signal: 'SIGKILL' });
    expect(flood.stdout).toHaveLength(5000);
    expect(await refusal(container.exec(['false'], { reject: true }))).toBeInstanceOf(RunError);
  });

  it('can have a terminal of its own', async () => {
    await using container = await sleeper();
    const run = container.exec(['sh', '-c', 'tty; stty size; ps -o tty= -p $$'], {
      tty: { columns: 90, rows: 20 },
    });
    expect((await run).stdout).toBe('/dev/pts/0\r\n20 90\r\npts/0\r\n');
    const typed = container.exec(['sh'], { tty: true });
    (await typed.terminal)?.write('sleep 74\n');
    await waitFor(async () => (await sleepers(container, 74)) === 1);
    (await typed.terminal)?.write('\x03');
    (await typed.terminal)?.write('exit 5\n');
    expect((await typed).exitCode).toBe(5);
  });

  it('works in a user namespace, a time namespace and another one’s network', async (context) => {
    requires(context, namespace('time'));
    await using first = await sleeper({ namespaces: { user: 'self', time: { boottimeSeconds: 1_000_000 } } });
    const { stdout } = await first.exec(['sh', '-c', 'id -u; cat /proc/uptime']);
    expect(Number(stdout.split(/\s/)[1])).toBeGreaterThan(1_000_000);
    await using owner = await sleeper();
    await using guest = await sleeper({ network: `container:${owner.id}` });
    expect((await guest.exec(link('net'))).stdout).toBe((await owner.exec(link('net'))).stdout);
  });
});

describe('the end of a command in a container', () => {
  const family = 'setsid sleep 71 & (setsid sh -c "sleep 71; true" &) ; sleep 71 & sleep 72';

  it('by a signal is the end of all that it has started', async () => {
    await using container = await sleeper();
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGHUP'] as const) {
      const run = container.exec(['sh', '-c', family]);
      await run.started;
      await waitFor(async () => (await sleepers(container, 71)) === 3);
      run.kill(signal);
      expect((await run).signal).toBe(signal);
      expect(await sleepers(container, 7)).toBe(0);
    }
  });

  it('by an abort, a timeout or the end of its scope too', async () => {
    await using container = await sleeper();
    const abort = new AbortController();
    const aborted = container.exec(['sh', '-c', family], { signal: abort.signal });
    await aborted.started;
    await waitFor(async () => (await sleepers(container, 71)) === 3);
    abort.abort();
    expect((await aborted).reason).toBe('aborted');
    expect(await sleepers(container, 7)).toBe(0);
    expect((await container.exec(['sh', '-c', family], { timeout: scaled(200) })).reason).toBe('timeout');
    expect(await sleepers(container, 7)).toBe(0);
    {
      await using scoped = container.exec(['sh', '-c', family]);
      await scoped.started;
    }
    expect(await sleepers(container, 7)).toBe(0);
  });

  it('by itself leaves what it has started to the container', async () => {
    await using container = await sleeper();
    const run = await container.exec(['sh', '-c', 'sleep 73 > /dev/null 2>&1 & echo done']);
    expect(run).toMatchObject({ reason: 'exit', stdout: 'done\n' });
    expect(await sleepers(container, 73)).toBe(1);
    const { stdout } = await container.exec([
      'sh',
      '-c',
      'cat /proc/$(pgrep -f "^sleep 73")/cgroup; echo; cat /proc/1/cgroup',
    ]);
    const [own, first] = stdout.split('\n\n');
    expect(own?.trim()).toBe(first?.trim());
    expect(groupsOfCommands(container)).toEqual([]);
  });

  it('comes with that of the container', async () => {
    await using container = await sleeper();
    const run = container.exec(['sleep', '1000']);
    await run.started;
    await container.kill();
    expect(await run).toMatchObject({ signal: 'SIGKILL', reason: 'signal' });
  });

  it('comes with that of the process that started it', async () => {
    await using container = await sleeper();
    const child = startContainerNode({ get: container.id, calls: [['exec', ['sh', '-c', family]]] });
    await waitFor(async () => (await sleepers(container, 71)) === 3, scaled(20_000));
    child.kill('SIGKILL');
    await once(child, 'close');
    await waitFor(async () => (await sleepers(container, 7)) === 0);
    await until(() => groupsOfCommands(container).length === 0, 'its cgroup is gone');
  });

  it('for want of memory says so', async () => {
    await using container = await sleeper({ limits: { memory: '16m', pids: 60 } });
    const run = await container.exec(['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M']);
    expect(run).toMatchObject({ reason: 'oom', oomKilled: true });
    expect((await container.inspect()).state).toBe('running');
  });
});

describe('a command that can’t be run in a container', () => {
  it('says what it lacks', async () => {
    await using container = await sleeper();
    expect(await refusal(container.exec(['nope']))).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    expect(await refusal(container.exec(['/etc/passwd']))).toMatchObject({ code: 'COMMAND_NOT_EXECUTABLE' });
    expect(await refusal(container.exec(['true'], { cwd: '/nope' }))).toMatchObject({
      code: 'WORKING_DIRECTORY_NOT_FOUND',
    });
    expect(await refusal(container.exec([]))).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refusal(container.exec(['true'], { user: 'me' }))).toMatchObject({ code: 'USER_NOT_FOUND' });
    expect((await container.exec(['true'])).exitCode).toBe(0);
  });

  it('is refused where the container does not run, or stands still', async () => {
    const { rootfs } = defaults();
    await using container = await Container.create({
      rootfs,
      name: newName(),
      command: ['sleep', '1000'],
      limits,
    });
    expect(await refusal(container.exec(['true']))).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
    await container.start();
    await container.pause();
    expect(await refusal(container.exec(['true']))).toMatchObject({ code: 'CONTAINER_PAUSED' });
    await container.resume();
    await container.kill();
    await container.wait();
    expect(await refusal(container.exec(['true']))).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
  });

  it('meets the container’s limit of processes', async (context) => {
    requires(context, mode('v2')); // v1 limits forks, and it joins after its own
    await using container = await sleeper({ limits: { pids: 1 } });
    expect(await refusal(container.exec(['true']))).toMatchObject({
      code: expect.stringMatching(/^(PIDS_LIMIT|EAGAIN)$/),
    });
    expect(groupsOfCommands(container)).toEqual([]);
  });
});

describe('many commands', () => {
  it('at once don’t disturb each other', async () => {
    await using container = await sleeper();
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    const results = await Promise.all(
      numbers.map((n) => container.exec(['sh', '-c', `echo ${n}; exit ${n}`])),
    );
    expect(results.map(({ exitCode, stdout }) => [exitCode, Number(stdout)])).toEqual(
      numbers.map((n) => [n, n]),
    );
  });

  it('one after another leave nothing', async () => {
    await using container = await sleeper();
    for (let n = 0; n < 50; n += 1) expect((await container.exec(['true'])).exitCode).toBe(0);
    expect(groupsOfCommands(container)).toEqual([]);
  });
});

function groupsOfCommands({ id }: Container): string[] {
  return cgroupMountPoints().flatMap((point) => {
    const directory = join(point, `tctl-${id}`);
    return listDirectories(directory).filter((name) => name.startsWith('exec-'));
  });
}

function listDirectories(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

async function waitFor(holds: () => Promise<boolean>, milliseconds = scaled(5000)): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not happen');
    await sleep(20);
  }
}
