/** What podman does with a container once it runs. */
import { expect } from 'vitest';
import { scaled } from '../../support/scale.ts';
import { own, type Podman, podmanVariables, usePodman } from '../support/clients/podman.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory } from '../support/suite.ts';
import { sizeOnce, Terminal, tmux } from '../support/terminal.ts';
import { until } from '../support/until.ts';

/** A busy machine may take seconds for each command of podman. */
const patienceMs = scaled(60_000);
const stateOf = (podman: Podman, name: string) =>
  podman.succeed('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name);
const sleeper = ['host', 'sleep', '1000'];
/** Ends by itself on SIGTERM, with 5. */
const polite = ['host', 'sh', '-c', 'trap "exit 5" TERM; echo begun; while :; do sleep 0.1; done'];

const steps: Step<Podman>[] = [
  {
    title: 'run -d, logs, wait',
    async act(podman) {
      await using container = await podman.background('host', 'sh', '-c', 'echo out; echo err >&2; exit 3');
      expect(await podman.succeed('wait', container.name)).toBe('3');
      const { stdout, stderr } = await podman.call('logs', container.name);
      expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
      expect(await stateOf(podman, container.name)).toBe('exited 3');
    },
  },
  {
    title: 'run -it on a terminal: its size, Ctrl-C, exit code',
    needs: [tmux],
    async act(podman) {
      await using terminal = new Terminal(newDirectory(), podmanVariables);
      await terminal.prompt('host>');
      const options = ['--rm', '-it', ...own, '--network', 'none', '--env', 'PS1=inside:'];
      terminal.type(`clear; ${podman.command('run', ...options, 'host', 'sh').join(' ')}; echo code=$?`);
      await terminal.shows(/^inside:$/m, patienceMs);
      terminal.type(`clear; tty; ${sizeOnce('40 120')}`);
      await terminal.shows(/^\/dev\/pts\/0\n40 120$/m);
      terminal.resize(100, 30);
      terminal.type(`clear; ${sizeOnce('30 100')}`);
      await terminal.shows(/^30 100$/m);
      terminal.type('clear; echo sleeps; sleep 1000');
      await terminal.shows(/^sleeps$/m);
      terminal.press('C-c'); // it takes what is typed ahead along
      await terminal.shows(/^sleeps\n\^C\ninside:$/m);
      terminal.type('echo after=$?');
      await terminal.shows(/^after=130$/m);
      terminal.type('exit 6');
      await terminal.shows(/code=6$/m, patienceMs);
    },
  },
  {
    title: 'exec: user, environment, working directory, exit codes, a terminal',
    async act(podman) {
      await using container = await podman.background(...sleeper);
      const script = 'id -u; echo $A; pwd; cat /proc/1/comm; exit 9';
      const options = ['--user', '7', '--env', 'A=b', '--workdir', '/usr', container.name];
      const { code, stdout } = await podman.call('exec', ...options, 'sh', '-c', script);
      expect({ code, stdout }).toEqual({ code: 9, stdout: '7\nb\n/usr\nsleep\n' });
      expect((await podman.call('exec', container.name, 'no-such-command')).code).toBe(127);
      expect((await podman.succeed('exec', '-t', container.name, 'tty')).trim()).toMatch(/^\/dev\/pts\/\d$/);
    },
  },
  {
    title: 'pause, unpause',
    async act(podman) {
      await using container = await podman.background(...sleeper);
      await podman.succeed('pause', container.name);
      expect(await stateOf(podman, container.name)).toBe('paused 0');
      expect((await podman.call('exec', container.name, 'true')).code).not.toBe(0);
      await podman.succeed('unpause', container.name);
      expect(await stateOf(podman, container.name)).toBe('running 0');
      expect(await podman.succeed('exec', container.name, 'echo', 'goes on')).toBe('goes on');
    },
  },
  {
    title: 'stop, start, restart',
    async act(podman) {
      await using container = await podman.background(...polite);
      await begun(podman, container.name, 1);
      await podman.succeed('stop', '--time', '60', container.name);
      expect(await stateOf(podman, container.name)).toBe('exited 5');
      await podman.succeed('start', container.name);
      expect(await stateOf(podman, container.name)).toBe('running 0');
      await begun(podman, container.name, 2);
      await podman.succeed('restart', '--time', '60', container.name);
      await begun(podman, container.name, 3);
      expect(await stateOf(podman, container.name)).toBe('running 0');
    },
  },
  {
    title: 'stop of one that does not listen: killed',
    async act(podman) {
      await using container = await podman.background(...sleeper); // SIGTERM does nothing to a first process
      await podman.succeed('stop', '--time', '1', container.name);
      expect(await stateOf(podman, container.name)).toBe('exited 137');
    },
  },
  {
    title: 'kill, with and without --signal',
    async act(podman) {
      await using container = await podman.background(...polite);
      await begun(podman, container.name, 1);
      await podman.succeed('kill', '--signal', 'TERM', container.name);
      expect(await podman.succeed('wait', container.name)).toBe('5');
      await podman.succeed('start', container.name);
      await podman.succeed('kill', container.name);
      expect(await podman.succeed('wait', container.name)).toBe('137');
    },
  },
  {
    title: 'run --restart on-failure',
    async act(podman) {
      const options = ['--restart', 'on-failure:2', 'host', 'sh', '-c', 'echo begun; exit 4'];
      await using container = await podman.background(...options);
      await begun(podman, container.name, 3);
      expect(await podman.succeed('wait', container.name)).toBe('4');
    },
  },
  {
    title: 'stats',
    async act(podman) {
      await using container = await podman.background('--memory', '64m', ...sleeper);
      const line = ['--no-stream', '--format', '{{.PIDs}} {{.MemUsage}}', container.name];
      expect(await podman.succeed('stats', ...line)).toMatch(/^1 [\d.]+[kM]?B \/ 67\.11MB$/);
    },
  },
  {
    title: 'top',
    async act(podman) {
      await using container = await podman.background('--user', '7', ...sleeper);
      expect(await podman.succeed('top', container.name, 'pid', 'user', 'args')).toMatch(
        /^PID +USER +COMMAND\n1 +(7|lp) +sleep 1000$/m,
      );
    },
  },
  {
    title: 'healthcheck run',
    async act(podman) {
      const check = [
        '--health-cmd',
        'test -e /well',
        '--health-interval',
        'disable',
        '--health-retries',
        '1',
      ];
      await using container = await podman.background(...check, ...sleeper);
      const health = () =>
        podman.succeed('inspect', '--format', '{{.State.Healthcheck.Status}}', container.name);
      expect((await podman.call('healthcheck', 'run', container.name)).code).toBe(1);
      expect(await health()).toBe('unhealthy');
      await podman.succeed('exec', container.name, 'touch', '/well');
      expect((await podman.call('healthcheck', 'run', container.name)).code).toBe(0);
      expect(await health()).toBe('healthy');
    },
  },
  {
    title: 'update',
    async act(podman) {
      await using container = await podman.background('--cpus', '0.5', ...sleeper);
      await podman.succeed('update', '--cpus', '0.25', container.name);
      const files = ['cpu.max', 'cpu/cpu.cfs_quota_us'].map((file) => `/sys/fs/cgroup/${file}`);
      const script = `cat ${files.join(' ')} 2>/dev/null || true`;
      expect(await podman.succeed('exec', container.name, 'sh', '-c', script)).toMatch(/^25000( 100000)?$/);
    },
  },
  {
    title: 'cp, diff, export',
    async act(podman) {
      await using container = await podman.background(
        'host',
        'sh',
        '-c',
        'echo of the container >/file; sleep 1000',
      );
      await until(
        async () => (await podman.call('exec', container.name, 'test', '-s', '/file')).code === 0,
        () => 'the container has written',
        patienceMs,
      );
      expect(await podman.succeed('diff', container.name)).toContain('A /file');
      const to = newDirectory();
      await podman.succeed('cp', `${container.name}:/file`, `${to}/copy`);
      await podman.succeed('cp', `${to}/copy`, `${container.name}:/again`);
      expect(await podman.succeed('exec', container.name, 'cat', '/again')).toBe('of the container');
    },
  },
];

/** Waits until it has said so often that it has begun. */
async function begun(podman: Podman, name: string, times: number): Promise<void> {
  let seen = '';
  const count = () => seen.split('\n').filter((line) => line === 'begun').length;
  await until(
    async () => {
      seen = await podman.succeed('logs', name);
      return count() >= times;
    },
    () => `${name} begins ${times} times: ${seen}`,
    patienceMs,
  );
}

compare(usePodman('podman'), steps);
