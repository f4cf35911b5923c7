/** containerd: `ctr run --runc-binary`, and what one does with a task then. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { expect } from 'vitest';
import { scaled } from '../../support/scale.ts';
import { type Containerd, useContainerd } from '../support/clients/containerd.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory } from '../support/suite.ts';
import { sizeOnce, Terminal, tmux } from '../support/terminal.ts';
import { until } from '../support/until.ts';

const isV2 = readCgroupHost().mode === 'v2';
const [memory, cpu] = isV2
  ? ['memory.max', 'cpu.max']
  : ['memory/memory.limit_in_bytes', 'cpu/cpu.cfs_quota_us'];

/** `RUNNING`, `PAUSED`, `STOPPED`, or nothing where there is no such task. */
async function stateOf(containerd: Containerd, name: string): Promise<string | undefined> {
  const rows = (await containerd.succeed('task', 'ls')).split('\n').map((line) => line.split(/\s+/));
  return rows.find(([id]) => id === name)?.[2];
}

const sleeper = ['sleep', '1000'];
const patienceMs = scaled(60_000);

const steps: Step<Containerd>[] = [
  {
    title: 'run --rm: output, streams and exit code',
    async act(containerd) {
      const { code, stdout, stderr } = await containerd.run([], 'sh', '-c', 'echo out; echo err >&2; exit 7');
      expect({ code, stdout, stderr: stderr.includes('err') }).toEqual({
        code: 7,
        stdout: 'out\n',
        stderr: true,
      });
    },
  },
  {
    title: 'run of a command that is missing: refused',
    async act(containerd) {
      const { code, stderr } = await containerd.run([], 'no-such-command');
      expect(code).not.toBe(0);
      expect(stderr).toContain('executable file not found in $PATH');
    },
  },
  {
    title: 'run --memory-limit, --cpus',
    async act(containerd) {
      const script = `cd /sys/fs/cgroup; cat ${memory} ${cpu}`;
      const mount = 'type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro';
      const options = ['--memory-limit', String(64 * 2 ** 20), '--cpus', '0.5', '--mount', mount];
      expect(await containerd.output(options, 'sh', '-c', script)).toMatch(/^67108864\n50000( 100000)?$/);
    },
  },
  {
    title: 'run --read-only, --mount, --env, --cwd',
    async act(containerd) {
      const volume = newDirectory();
      chmodSync(volume, 0o755);
      writeFileSync(join(volume, 'file'), 'of the host\n');
      const script =
        'touch /x 2>&1 | sed "s/.*: //"; cat /mnt/file; touch /mnt/x 2>&1 | sed "s/.*: //"; echo $A; pwd';
      const mount = `type=bind,src=${volume},dst=/mnt,options=rbind:ro`;
      const options = ['--read-only', '--mount', mount, '--env', 'A=b', '--cwd', '/usr'];
      expect(await containerd.output(options, 'sh', '-c', script)).toBe(
        ['Read-only file system', 'of the host', 'Read-only file system', 'b', '/usr'].join('\n'),
      );
    },
  },
  {
    title: 'run --seccomp, --cap-drop',
    async act(containerd) {
      const script = ['sh', '-c', 'grep -h "^Seccomp:\\|^NoNewPrivs" /proc/self/status'];
      expect(await containerd.output(['--seccomp'], ...script)).toBe('NoNewPrivs:\t1\nSeccomp:\t2');
      const bounding = ['grep', '^CapBnd', '/proc/self/status'];
      const [all, fewer] = [
        await containerd.output([], ...bounding),
        await containerd.output(['--cap-drop', 'CAP_KILL'], ...bounding),
      ].map((line) => Number.parseInt(line.slice(-16), 16));
      expect((all ?? 0) - (fewer ?? 0)).toBe(1 << 5);
    },
  },
  {
    title: 'run --tty on a terminal',
    needs: [tmux],
    async act(containerd) {
      await using terminal = new Terminal(newDirectory());
      await terminal.prompt('host>');
      const words = containerd.runWords('--rm', '--tty', '--env', 'PS1=inside:');
      const line = containerd.command(...words, 'localhost/host:latest', 'of-a-terminal', 'sh').join(' ');
      terminal.type(`clear; ${line}; echo code=$?`);
      await terminal.shows(/^inside:$/m, patienceMs);
      terminal.type(`clear; tty; ${sizeOnce('40 120')}`);
      await terminal.shows(/^\/dev\/pts\/0\n40 120$/m);
      terminal.type('exit 6');
      await terminal.shows(/code=6$/m, patienceMs);
    },
  },
  {
    title: 'run --detach, task exec, task ps, task metrics',
    async act(containerd) {
      await using container = await containerd.background([], ...sleeper);
      const script = 'id -u; cat /proc/1/comm; exit 9';
      const exec = ['task', 'exec', '--exec-id', 'one', '--user', '7', container.name, 'sh', '-c', script];
      const { code, stdout } = await containerd.call(...exec);
      expect({ code, stdout }).toEqual({ code: 9, stdout: '7\nsleep\n' });
      expect(await containerd.succeed('task', 'ps', container.name)).toMatch(/^PID +INFO\n\d+ /);
      expect(await containerd.succeed('task', 'metrics', container.name)).toMatch(/^pids\.current +1 *$/m);
    },
  },
  {
    title: 'task pause, resume',
    async act(containerd) {
      await using container = await containerd.background([], ...sleeper);
      await containerd.succeed('task', 'pause', container.name);
      expect(await stateOf(containerd, container.name)).toBe('PAUSED');
      await containerd.succeed('task', 'resume', container.name);
      expect(await stateOf(containerd, container.name)).toBe('RUNNING');
    },
  },
  {
    title: 'task kill, rm: its exit code',
    async act(containerd) {
      const script = 'trap "exit 5" TERM; touch /begun; while :; do sleep 0.1; done';
      await using container = await containerd.background([], 'sh', '-c', script);
      const begun = ['task', 'exec', '--exec-id', 'look', container.name, 'test', '-e', '/begun'];
      await until(
        async () => (await containerd.call(...begun)).code === 0,
        () => 'it has begun',
        patienceMs,
      );
      await containerd.succeed('task', 'kill', '--signal', 'SIGTERM', container.name);
      await until(
        async () => (await stateOf(containerd, container.name)) === 'STOPPED',
        () => 'it has ended',
        patienceMs,
      );
      const { stderr } = await containerd.call('task', 'rm', container.name);
      expect(stderr).toContain('non-zero exit code 5');
      expect(await stateOf(containerd, container.name)).toBe(undefined);
    },
  },
  {
    title: 'task rm --force of one that runs',
    async act(containerd) {
      await using container = await containerd.background([], ...sleeper);
      await containerd.call('task', 'rm', '--force', container.name);
      expect(await stateOf(containerd, container.name)).toBe(undefined);
    },
  },
];

compare(useContainerd('containerd'), steps);
