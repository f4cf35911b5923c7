/** Docker: `docker run --runtime` and what one does with a container then. */
import { chmodSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { expect } from 'vitest';
import { installed } from '../../support/installed.ts';
import type { Need } from '../../support/requires.ts';
import { scaled } from '../../support/scale.ts';
import { type Docker, useDocker } from '../support/clients/docker.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory } from '../support/suite.ts';
import { until } from '../support/until.ts';

const isV2 = readCgroupHost().mode === 'v2';
const [memory, pids, cpu] = isV2
  ? ['memory.max', 'pids.max', 'cpu.max']
  : ['memory/memory.limit_in_bytes', 'pids/pids.max', 'cpu/cpu.cfs_quota_us'];
const limits = ['sh', '-c', `cd /sys/fs/cgroup; cat ${memory} ${pids} ${cpu}`];
const stateOf = (docker: Docker, name: string) =>
  docker.succeed('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name);
const sleeper = ['host', 'sleep', '1000'];
/** Ends by itself on SIGTERM, with 5. */
const polite = ['host', 'sh', '-c', 'trap "exit 5" TERM; echo begun; while :; do sleep 0.1; done'];
const status = (field: string) => ['grep', `^${field}:`, '/proc/self/status'];

/** Docker asks for all that its kernel knows, and not only for those that it has itself. */
const allCapabilities: Need = () => {
  const line = /^CapBnd:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  const missing = 2 ** (last + 1) - 1 - Number.parseInt(line, 16);
  return missing === 0 ? undefined : `this machine lacks capabilities: 0x${missing.toString(16)}`;
};

const steps: Step<Docker>[] = [
  {
    title: 'run: output, streams and exit code',
    async act(docker) {
      const { code, stdout, stderr } = await docker.run('host', 'sh', '-c', 'echo out; echo err >&2; exit 7');
      expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    },
  },
  {
    title: 'run of a command that is missing, or no program: 127, 126',
    async act(docker) {
      expect((await docker.run('host', 'no-such-command')).code).toBe(127);
      expect((await docker.run('host', '/etc/passwd')).code).toBe(126);
    },
  },
  {
    title: 'run -t: a terminal',
    async act(docker) {
      const seen = await docker.output('-t', 'host', 'sh', '-c', 'tty; test -c /dev/console && echo console');
      expect(seen.replaceAll('\r', '')).toBe('/dev/pts/0\nconsole');
    },
  },
  {
    title: 'run --memory, --pids-limit, --cpus; update',
    async act(docker) {
      const options = ['--memory', '64m', '--memory-swap', '64m', '--pids-limit', '77', '--cpus', '0.5'];
      await using container = await docker.background(...options, ...sleeper);
      const seen = () => docker.succeed('exec', container.name, ...limits);
      expect(await seen()).toMatch(/^67108864\n77\n50000( 100000)?$/);
      const changed = ['--memory', '48m', '--memory-swap', '48m', '--pids-limit', '55', '--cpus', '0.25'];
      await docker.succeed('update', ...changed, container.name);
      expect(await seen()).toMatch(/^50331648\n55\n25000( 100000)?$/);
    },
  },
  {
    title: 'run --memory, and too much of it: killed',
    async act(docker) {
      const options = ['--memory', '32m', '--memory-swap', '32m', 'host', 'sh', '-c'];
      await using container = await docker.background(...options, 'head -c 100m /dev/zero | tail');
      expect(await docker.succeed('wait', container.name)).toBe('137');
    },
  },
  {
    title: 'run --read-only, --tmpfs, --volume',
    async act(docker) {
      const volume = newDirectory();
      chmodSync(volume, 0o755);
      writeFileSync(join(volume, 'file'), 'of the host\n');
      const script =
        'touch /x 2>&1 | sed "s/.*: //"; touch /mnt/t && stat -f -c %T /mnt; cat /vol/file; touch /vol/x 2>&1 | sed "s/.*: //"';
      const options = ['--read-only', '--tmpfs', '/mnt', '--volume', `${volume}:/vol:ro`];
      expect(await docker.output(...options, 'host', 'sh', '-c', script)).toBe(
        ['Read-only file system', 'tmpfs', 'of the host', 'Read-only file system'].join('\n'),
      );
    },
  },
  {
    title: 'run --user, --cap-drop, --cap-add, --security-opt',
    async act(docker) {
      const caps = ['--cap-drop', 'all', '--cap-add', 'kill', '--security-opt', 'no-new-privileges'];
      const script = ['sh', '-c', 'grep -h "^CapBnd\\|^NoNewPrivs\\|^Seccomp:" /proc/self/status'];
      expect(await docker.output(...caps, 'host', ...script)).toBe(
        'CapBnd:\t0000000000000020\nNoNewPrivs:\t1\nSeccomp:\t2',
      );
      const user = ['--user', '1000:1001', '--group-add', '77', 'host', 'sh', '-c', 'id -u; id -g; id -G'];
      expect(await docker.output(...user)).toBe('1000\n1001\n1001 77');
      expect(await docker.output('--security-opt', 'seccomp=unconfined', 'host', ...status('Seccomp'))).toBe(
        'Seccomp:\t0',
      );
    },
  },
  {
    title: 'run --pid host, --network host',
    async act(docker) {
      const links = ['/proc/self/ns/net', '/proc/self/ns/pid'];
      const words = docker.runWords('--rm', '--pid', 'host', 'host', 'readlink', ...links);
      const onHost = words.map((word) => (word === 'none' ? 'host' : word));
      expect(await docker.succeed(...onHost)).toBe(links.map((link) => readlinkSync(link)).join('\n'));
    },
  },
  {
    title: 'run --privileged',
    needs: [allCapabilities],
    async act(docker) {
      const all = await docker.output('--privileged', 'host', ...status('CapBnd'));
      expect(Number.parseInt(all.slice(-16), 16)).toBeGreaterThan(0x1ffffffff);
    },
  },
  {
    title: 'run --init',
    needs: [installed('catatonit')],
    async act(docker) {
      expect(await docker.output('--init', 'host', 'cat', '/proc/1/comm')).toBe('docker-init');
    },
  },
  {
    title: 'run -d, logs, wait, inspect of the exit code',
    async act(docker) {
      await using container = await docker.background('host', 'sh', '-c', 'echo out; echo err >&2; exit 3');
      expect(await docker.succeed('wait', container.name)).toBe('3');
      const { stdout, stderr } = await docker.call('logs', container.name);
      expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
      expect(await stateOf(docker, container.name)).toBe('exited 3');
    },
  },
  {
    title: 'exec: user, environment, exit codes, a terminal',
    async act(docker) {
      await using container = await docker.background(...sleeper);
      const script = 'id -u; echo $A; pwd; cat /proc/1/comm; exit 9';
      const options = [
        '--user',
        '7',
        '--env',
        'A=b',
        '--workdir',
        '/usr',
        container.name,
        'sh',
        '-c',
        script,
      ];
      const { code, stdout } = await docker.call('exec', ...options);
      expect({ code, stdout }).toEqual({ code: 9, stdout: '7\nb\n/usr\nsleep\n' });
      const missing = await docker.call('exec', container.name, 'no-such-command');
      expect([126, 127]).toContain(missing.code);
      const tty = await docker.succeed('exec', '-t', container.name, 'tty');
      expect(tty.trim()).toMatch(/^\/dev\/pts\/\d$/);
    },
  },
  {
    title: 'pause, unpause, top, stats',
    async act(docker) {
      await using container = await docker.background('--memory', '64m', ...sleeper);
      await docker.succeed('pause', container.name);
      expect(await stateOf(docker, container.name)).toBe('paused 0');
      await docker.succeed('unpause', container.name);
      expect(await stateOf(docker, container.name)).toBe('running 0');
      expect(await docker.succeed('top', container.name, '-o', 'pid,args')).toMatch(/^\d+ +sleep 1000$/m);
      const line = ['--no-stream', '--format', '{{.PIDs}} {{.MemUsage}}', container.name];
      expect(await docker.succeed('stats', ...line)).toMatch(/^1 [\d.]+[kKM]?i?B \/ 64MiB$/);
    },
  },
  {
    title: 'stop, start, restart, kill',
    async act(docker) {
      await using container = await docker.background(...polite);
      await begun(docker, container.name, 1);
      await docker.succeed('stop', '--time', '60', container.name);
      expect(await stateOf(docker, container.name)).toBe('exited 5');
      await docker.succeed('start', container.name);
      await begun(docker, container.name, 2);
      await docker.succeed('restart', '--time', '60', container.name);
      await begun(docker, container.name, 3);
      await docker.succeed('kill', '--signal', 'TERM', container.name);
      expect(await docker.succeed('wait', container.name)).toBe('5');
      await docker.succeed('start', container.name);
      await docker.succeed('kill', container.name);
      expect(await docker.succeed('wait', container.name)).toBe('137');
    },
  },
];

/** Waits until it has said so often that it has begun. */
async function begun(docker: Docker, name: string, times: number): Promise<void> {
  let seen = '';
  await until(
    async () => {
      seen = await docker.succeed('logs', name);
      return seen.split('\n').filter((line) => line === 'begun').length >= times;
    },
    () => `${name} begins ${times} times: ${seen}`,
    scaled(60_000),
  );
}

compare(useDocker('docker'), steps);
