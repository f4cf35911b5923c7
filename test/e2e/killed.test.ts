import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { processes, supervisorsOf, traces } from '../support/leftovers.ts';
import { scaled, slowness } from '../support/scale.ts';
import { start, tctl } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import { newName, runtimeDirectory } from './support/suite.ts';
import { until } from './support/until.ts';

const limits = ['-m', '64m', '--pids', '20'];
/** `state` is the directory of a container that runs, or of one that was abandoned. */
const states = () => readdirSync(runtimeDirectory).filter((name) => !name.startsWith('.'));
const tracesOf = (name: string) => [...traces(runtimeDirectory)].filter((line) => line.includes(name));

describe('a tctl that is killed', () => {
  it('takes its container along: processes, cgroups, state', async () => {
    const name = newName();
    const script = 'sleep 1001 & setsid sleep 1002 & echo up; wait';
    const started = start(['run', '--name', name, ...limits, 'host', 'sh', '-c', script]);
    await until(
      () => started.stdout() === 'up\n',
      () => started.stderr(),
    );
    expect(tracesOf(name).map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['cgroup', 'process', 'state']),
    );
    expect(states()).toEqual([name]);
    started.process.kill('SIGKILL');
    await once(started.process, 'exit');
    await until(
      () => tracesOf(name).length === 0,
      () => `all is gone: ${tracesOf(name).join('\n')}`,
    );
    await started.ended;
    expect(states()).toEqual([]);
    expect(processes().filter(({ command }) => /^100[12]$/.test(command[1] ?? ''))).toEqual([]);
  });

  it('takes along a container that ignores all signals', async () => {
    const name = newName();
    const script = 'trap "" HUP INT TERM; (trap "" HUP INT TERM; sleep 1003) & echo up; sleep 1003';
    const started = start(['run', '--name', name, 'host', 'sh', '-c', script]);
    await until(
      () => started.stdout() === 'up\n',
      () => started.stderr(),
    );
    started.process.kill('SIGKILL');
    await started.ended;
    await until(
      () => tracesOf(name).length === 0,
      () => `all is gone: ${tracesOf(name).join('\n')}`,
    );
  });

  it(
    'at any moment leaves nothing that the next tctl does not clean',
    async () => {
      const kills = slowness > 1 ? 6 : 30;
      // How long a whole run takes: the moments are spread over all of it, from the start of Node.js to its end.
      const begin = performance.now();
      expectOutput(await tctl('run', ...limits, 'host', 'sleep', '0.03'), '');
      const whole = performance.now() - begin;
      let [running, ended] = [0, 0];
      for (let n = 0; n < kills; n += 1) {
        const name = newName();
        const started = start(['run', '--name', name, ...limits, 'host', 'sleep', '0.03']);
        await sleep(((n + Math.random()) / kills) * whole * 1.1);
        if (states().includes(name)) running += 1;
        if (!started.process.kill('SIGKILL')) ended += 1;
        await started.ended;
        await until(
          () => supervisorsOf(name).length === 0,
          () => 'the supervisor is gone',
        );
      }
      console.log(`killed ${kills} times: ${running} while there was a container, ${ended} after its end`);
      expect(running).toBeGreaterThan(0);
      expectOutput(await tctl('run', 'host', 'true'), '');
      expect(states()).toEqual([]);
    },
    scaled(60_000),
  );
});

describe('a supervisor that is killed', () => {
  it('is reported with its cause, and cleaned up after by the next tctl', async () => {
    const name = newName();
    const started = start([
      'run',
      '--name',
      name,
      ...limits,
      'host',
      'sh',
      '-c',
      'sleep 1004 & echo up; wait',
    ]);
    await until(
      () => started.stdout() === 'up\n',
      () => started.stderr(),
    );
    for (const pid of supervisorsOf(name)) process.kill(pid, 'SIGKILL');
    const { code, stderr } = await started.ended;
    expect(code).toBe(125);
    expect(stderr).toMatch(/^tctl: run a container: the supervisor ended.*\n {2}hint: .*cleans up/);
    expect(states()).toEqual([name]);

    expectOutput(await tctl('run', 'host', 'true'), '');
    expect(states()).toEqual([]);
    expect(tracesOf(name)).toEqual([]);
  });
});
