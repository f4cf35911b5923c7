/** An ordinary user gets what it may read, and no error. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeContainer, watchLeftovers } from '../support/kernel.ts';
import { pathOf } from '../support/monitored.ts';
import { requires, tool } from '../support/requires.ts';

watchLeftovers();

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = `
import { monitor, processes, sampleCgroup } from '@tc/monitor';
const path = process.env.CGROUP;
const answer = { once: sampleCgroup(path).figures };
for await (const { cgroups } of monitor({ look: [path] })) {
  const sample = cgroups.find(({ cgroup }) => cgroup.path === path);
  if (sample === undefined) continue;
  answer.looped = sample.figures;
  break;
}
answer.processes = await processes(path);
console.log(JSON.stringify(answer));
`;

it('an ordinary user sees the figures and processes of others, without their network', async (context) => {
  requires(context, tool('setpriv'));
  await using container = await makeContainer('exec sleep 100', { limits: { memory: '64m', pids: 20 } });
  await container.start();
  const child = spawn(
    'setpriv',
    [
      ...['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath],
      ...['--conditions=tc-source', '--input-type=module', '--eval', script],
    ],
    {
      cwd: root,
      env: { PATH: '/usr/bin:/bin', CGROUP: pathOf(container.id) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { once: figures, looped, processes } = JSON.parse(stdout);
  for (const each of [figures, looped]) {
    expect(each).toMatchObject({ memoryLimitBytes: 64 * 2 ** 20, pids: 1, pidsLimit: 20 });
    expect(each.memoryAnonBytes).toBeGreaterThan(0);
    expect(each.networkReceiveBytes).toBeUndefined(); // /proc/PID/ns is for who may trace the process
  }
  expect(processes).toMatchObject([{ name: 'sleep', command: ['sleep', '100'], userId: 0 }]);
});
