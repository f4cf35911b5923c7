import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import {
  box,
  defaults,
  newName,
  newTraces,
  output,
  refusal,
  runtimeDirectory,
  until,
  watchLeftovers,
} from '../support/kernel.ts';
import { processes, supervisorsOf, traces } from '../support/leftovers.ts';
import { startNode } from '../support/node.ts';
import { requires, tool } from '../support/requires.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

const limits = { memory: '64m', pids: 20 };
/** KERNEL_SUITE_CRASHES overrides it; the emulated machine, on which Node.js starts slowly, runs fewer. */
const launches = Number(process.env['KERNEL_SUITE_CRASHES'] ?? (slowness > 1 ? 24 : 200));
/** So many launches are under way at most in a Node.js process when it is killed, each at another point. */
const atOnce = 4;

/** What the containers of a Node.js process have on this machine, without that process itself. */
function tracesOf(name: string): string[] {
  const itsOwn = new RegExp(`${name}(?!\\d)`);
  return [...traces(runtimeDirectory)].filter(
    (line) => itsOwn.test(line) && !/^process \d+ our child/.test(line),
  );
}

/** Starts a Node.js process that launches containers without end, kills it, and waits for the supervisors. */
async function crash(name: string, command: readonly string[], moment: number): Promise<number> {
  const node = startNode(
    { command, options: { ...defaults(), name, limits }, forever: atOnce },
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  node.stdout?.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  await until(() => text.includes('ready'), 'Node.js is up', scaled(15_000));
  await sleep(moment);
  node.kill('SIGKILL');
  await once(node, 'close');
  await until(
    () => tracesOf(name).length === 0,
    `nothing is left of ${name}: ${tracesOf(name)}`,
    scaled(10_000),
  );
  return text.split('.').length - 1;
}

const isAlive = (pid: number): boolean => processes().some((each) => each.pid === pid && each.state !== 'Z');

/** Kills the supervisor of a container that runs. */
async function killSupervisor(id: string): Promise<void> {
  const pids = supervisorsOf(id);
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

describe('a Node.js process that is killed', () => {
  it(`at any moment of ${launches} launches leaves no container, cgroup or file`, {
    timeout: scaled(120_000),
  }, async () => {
    const commands = [['true'], ['sleep', '1000'], ['sh', '-c', 'trap "" TERM HUP; sleep 1000 & sleep 1000']];
    let [started, kills] = [0, 0];
    while (started < launches) {
      const two = [0, 1].map((k) =>
        crash(
          newName(),
          commands[(kills + k) % commands.length] ?? [],
          Math.random() * (slowness > 1 ? 4000 : 80),
        ),
      );
      for (const count of await Promise.all(two)) started += count;
      kills += two.length;
    }
    console.log(
      `${started} launches, and Node.js killed ${kills} times while up to ${atOnce} were under way`,
    );
    expect(await cleanUpAbandoned()).toEqual([]);
    expect(await newTraces()).toEqual([]);
  });

  it('takes a running container along', async () => {
    const name = newName();
    const node = startNode({ command: ['sleep', '1000'], options: { ...defaults(), name, limits } });
    await until(
      () => tracesOf(name).some((line) => line.startsWith('cgroup')),
      'the container runs',
      scaled(15_000),
    );
    node.kill('SIGKILL');
    await once(node, 'close');
    await until(
      () => tracesOf(name).length === 0 && supervisorsOf(name).length === 0,
      'the supervisor cleaned up',
    );
  });
});

describe('a supervisor that is killed', () => {
  it('takes its container along, and the next clean-up removes the rest', async () => {
    const run = box('sleep 1000 & sleep 1000', { limits });
    const pid = await run.started;
    await killSupervisor(run.id);
    const error = await refusal(run);
    expect(error).toMatchObject({ code: 'SUPERVISOR_DIED', hint: expect.stringMatching(/cleans up/) });
    await until(() => !isAlive(pid), 'the container is gone');
    expect((await newTraces()).map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['cgroup', 'state']),
    );
    expect(await cleanUpAbandoned()).toEqual([run.id]);
    expect(await newTraces()).toEqual([]);
    expect(await cleanUpAbandoned()).toEqual([]);
  });

  it('leaves even a container that declines to die with it to the clean-up', async (context) => {
    requires(context, tool('perl'));
    const number = { x64: 157, arm64: 167 }[process.arch as 'x64'];
    // PR_SET_PDEATHSIG is 1.
    const run = box(
      [
        'perl',
        '-e',
        `$| = 1; syscall(${number}, 1, 0, 0, 0, 0) == 0 or die $!; fork; print "ready\\n"; sleep 1000`,
      ],
      { limits },
    );
    const refused = refusal(run);
    const ready = new Promise((resolve) => run.stdout?.once('data', resolve));
    const pid = await run.started;
    await ready;
    await killSupervisor(run.id);
    await sleep(50);
    expect(isAlive(pid)).toBe(true);
    expect(await cleanUpAbandoned()).toEqual([run.id]);
    await until(() => !isAlive(pid), 'the container is gone');
    await refused;
  });

  it('gives its name free with the clean-up', async () => {
    const name = newName();
    const first = box(['sleep', '1000'], { name, limits });
    await first.started;
    await killSupervisor(name);
    await refusal(first);
    expect(await refusal(box(['true'], { name, limits }))).toMatchObject({ code: 'CONTAINER_EXISTS' });
    expect(await cleanUpAbandoned()).toEqual([name]);
    expect((await box(['true'], { name, limits })).exitCode).toBe(0);
  });

  it('while it starts leaves nothing that the clean-up does not remove', async () => {
    const rounds = slowness > 1 ? 10 : 40;
    for (let n = 0; n < rounds; n += 1) {
      const run = box(['sleep', '1000'], { limits });
      const ended = run.catch((error: Error & { code?: string }) => error);
      await until(() => supervisorsOf(run.id).length > 0, 'the supervisor is there');
      await sleep(Math.random() * scaled(4));
      for (const pid of supervisorsOf(run.id)) process.kill(pid, 'SIGKILL');
      expect(await ended).toMatchObject({ code: expect.stringMatching(/SUPERVISOR_DIED/) });
      await cleanUpAbandoned();
      expect(await newTraces()).toEqual([]);
    }
  });
});

describe('the clean-up', () => {
  it('touches no container that lives', async () => {
    await using live = box('read line; echo "still $line"', { limits, stdin: 'pipe' });
    await live.started;
    const dead = box(['sleep', '1000'], { limits });
    await dead.started;
    await killSupervisor(dead.id);
    await refusal(dead);
    expect(await cleanUpAbandoned()).toEqual([dead.id]);
    expect(await cleanUpAbandoned()).toEqual([]);
    live.stdin?.end('alive\n');
    expect(await live).toMatchObject({ exitCode: 0, stdout: 'still alive\n' });
  });

  it('at once with many starts touches none of them', async () => {
    let over = false;
    const cleaned: string[] = [];
    const cleaning = (async () => {
      while (!over) {
        cleaned.push(...(await cleanUpAbandoned()));
        await sleep(1);
      }
    })();
    try {
      for (let n = 0; n < (slowness > 1 ? 3 : 10); n += 1) {
        const texts = await Promise.all(Array.from({ length: 8 }, () => output('echo fine', { limits })));
        expect(texts).toEqual(Array.from({ length: 8 }, () => 'fine\n'));
      }
    } finally {
      over = true;
      await cleaning;
    }
    expect(cleaned).toEqual([]);
  });
});
