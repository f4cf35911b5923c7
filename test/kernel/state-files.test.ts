import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { isAlive, whenSupervisorEnds } from '../../packages/core/src/state/alive.ts';
import { decodeLaunchFile } from '../../packages/core/src/state/launch-file.ts';
import { readRunning } from '../../packages/core/src/state/running-file.ts';
import { box, output, runtimeDirectory, until, watchLeftovers } from '../support/kernel.ts';
import { supervisorsOf } from '../support/leftovers.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const stateOf = (id: string) => join(runtimeDirectory, id);
const listed = (id: string) => readdirSync(stateOf(id)).toSorted();
const modeOf = (path: string) => statSync(path).mode & 0o7777;

describe('the state directory', () => {
  it('has three files while the container runs, and is gone after it', async () => {
    const run = box(['sleep', '1000']);
    await run.started;
    expect(listed(run.id)).toEqual(['alive', 'launch.json', 'running']);
    run.kill('SIGKILL');
    await run;
    expect(readdirSync(runtimeDirectory)).not.toContain(run.id);
  });

  it('is its owner’s alone, with all that is in it', async () => {
    await using run = box(['sleep', '1000'], { umask: 0 });
    await run.started;
    expect(modeOf(stateOf(run.id))).toBe(0o700);
    for (const name of listed(run.id)) expect(modeOf(join(stateOf(run.id), name)), name).toBe(0o600);
    expect(statSync(join(stateOf(run.id), 'alive')).isFIFO()).toBe(true);
  });

  it('says which processes they are, and when it started', async () => {
    await using run = box(['sleep', '1000']);
    const pid = await run.started;
    const running = readRunning(stateOf(run.id));
    expect(running).toMatchObject({ pid, terminalFd: undefined, stdinFd: undefined });
    expect([running?.supervisorPid]).toEqual(supervisorsOf(run.id));
    expect(Math.abs(Date.now() - Number(running?.startedAt))).toBeLessThan(scaled(5000));
  });

  it('says which descriptor the terminal is', async () => {
    await using run = box(['sleep', '1000'], { tty: true });
    await run.started;
    const running = readRunning(stateOf(run.id));
    const [supervisor] = supervisorsOf(run.id);
    const info = readFileSync(`/proc/${supervisor}/fdinfo/${running?.terminalFd}`, 'utf8');
    expect(info).toMatch(/^tty-index:\t0$/m); // proc(5): of a pseudo-terminal's master
  });

  it('says what the container is made of', async () => {
    await using run = box(['sleep', '1000'], {
      user: '1000:1000',
      env: { A: 'ü' },
      limits: { pids: 7 },
      init: true,
      hostname: 'h',
    });
    await run.started;
    const text = readFileSync(join(stateOf(run.id), 'launch.json'), 'utf8');
    expect(decodeLaunchFile(text)).toMatchObject({
      id: run.id,
      name: run.id,
      command: ['sleep', '1000'],
      hostname: 'h',
      process: { uid: 1000, gid: 1000, env: expect.arrayContaining(['A=ü']) },
      limits: { pids: 7 },
      init: true,
      tty: false,
      ephemeral: true,
      detached: false,
    });
  });

  it('has `running` as long as the process can’t be another', async () => {
    const statOf = (pid: number) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8');
      } catch {
        return undefined; // it was reaped
      }
    };
    for (let n = 0; n < 20; n += 1) {
      const run = box(['true']);
      await run.started;
      for (;;) {
        const running = readRunning(stateOf(run.id));
        if (running === undefined) break;
        const stat = statOf(running.pid);
        if (readRunning(stateOf(run.id)) === undefined) break;
        expect(stat).toMatch(/ \((true|tctl-shim)\) /); // its own, dead or alive
      }
      await run;
    }
  });
});

describe('the FIFO alive', () => {
  it('ends when the supervisor has removed everything', async () => {
    const run = box(['sleep', '1000'], { limits: { memory: '64m' } });
    await run.started;
    expect(isAlive(stateOf(run.id))).toBe(true);
    const ends = [0, 1, 2].map(() => whenSupervisorEnds(stateOf(run.id)));
    run.kill('SIGKILL');
    await Promise.all(ends);
    expect(readdirSync(runtimeDirectory)).not.toContain(run.id);
    await run;
  });

  it('ends when the supervisor is killed, and the container with it', async () => {
    const run = box(['sleep', '1000'], { init: true });
    const pid = await run.started;
    const [supervisor = 0] = supervisorsOf(run.id);
    const end = whenSupervisorEnds(stateOf(run.id));
    const outcome = expect(run).rejects.toMatchObject({ code: 'SUPERVISOR_DIED' });
    const killed = performance.now();
    process.kill(supervisor, 'SIGKILL');
    await end;
    expect(performance.now() - killed).toBeLessThan(scaled(1000));
    await outcome;
    expect(isAlive(stateOf(run.id))).toBe(false);
    expect(listed(run.id)).toEqual(['alive', 'launch.json', 'running']);
    await until(() => !readdirSync('/proc').includes(`${pid}`), 'its first process is gone');
    expect(await cleanUpAbandoned()).toContain(run.id);
    expect(readdirSync(runtimeDirectory)).not.toContain(run.id);
  });

  it('is not held open by a process of the container', async () => {
    const script = 'ls -l /proc/self/fd /proc/1/fd 2>/dev/null | grep -c alive';
    expect((await box(script, { init: true })).stdout).toBe('0\n');
    expect((await box(script)).stdout).toBe('0\n');
  });
});

describe('inside a container', () => {
  it('nothing of its state can be seen', async () => {
    const names = 'alive launch.json running .events .lock';
    const script = `
      for name in ${names}; do find / -xdev -name $name -path '*tctl*' 2>/dev/null; done
      grep -l ${JSON.stringify(runtimeDirectory)} /proc/self/mountinfo /proc/self/environ
      ls -a ${runtimeDirectory} 2>/dev/null; true`;
    expect(await output(script)).toBe('');
    expect(await output('ls -A /proc/1/cwd/; ls -d /proc/1/root/..', { cwd: '/srv/empty' })).toBe(
      '/proc/1/root/..\n',
    );
  });
});
