// Sandboxes that are up before the work comes; each serves one request. Run it as root.
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, run } from '@tc/core';
import { hostRootfs } from '@tc/images';

const { path } = await hostRootfs();
const sandbox = { rootfs: { path, mode: 'overlay' }, limits: { memory: '64m', pids: 32 } } as const;
const command = ['sh', '-c', 'echo $((6 * 7))'];

async function boot(): Promise<Container> {
  const container = await Container.create({ ...sandbox, command: ['sleep', 'infinity'], init: true });
  await container.start();
  return container;
}

const pool = Array.from({ length: 4 }, boot);

async function warm(): Promise<string> {
  const container = await (pool.shift() ?? boot());
  const { stdout } = await container.exec(command);
  pool.push(container.remove({ force: true }).then(boot)); // after the answer, and nobody waits for it
  return stdout;
}

async function cold(): Promise<string> {
  return (await run(command, sandbox)).stdout;
}

for (const [name, request] of Object.entries({ cold, warm })) {
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    if ((await request()) !== '42\n') throw new Error('that is not the answer');
    times.push(performance.now() - start);
    await sleep(20); // requests come one by one here
  }
  const [best, median] = [0, 10].map((index) => times.toSorted((a, b) => a - b)[index]?.toFixed(1));
  console.log(`${name}: ${median} ms until the answer is there (median of 20; the best ${best} ms)`);
}
for (const container of pool) await (await container).remove({ force: true });
