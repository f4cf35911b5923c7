// A test suite, each test in a container of its own, some at a time. Run it as root.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@tc/core';
import { hostRootfs } from '@tc/images';

const source = await mkdtemp(join(tmpdir(), 'sources-'));
await writeFile(join(source, 'greet.sh'), 'sleep 0.1; echo "Hello, $1!"');
const tests = Object.entries({
  'greets the world': '[ "$(sh /src/greet.sh World)" = "Hello, World!" ]',
  'greets nobody': '[ "$(sh /src/greet.sh)" = "Hello, !" ]',
  'is called what all are called': '[ "$(hostname)" = test ] && sleep 0.1',
  'has the database to itself': 'echo mine >/tmp/db; sleep 0.1; [ "$(cat /tmp/db)" = mine ]',
  'reaches no network': '[ "$(ls /sys/class/net)" = lo ]',
  'can’t change the sources': '! echo broken 2>/dev/null >/src/greet.sh',
  'can’t harm the next one': 'kill -9 -1; rm -rf /bin /usr; exit 0',
});

const { path } = await hostRootfs();
const box = { rootfs: { path, mode: 'overlay' }, hostname: 'test', mounts: [`${source}:/src:ro`] } as const;
const waiting = [...tests];
let [failed, sumMs] = [0, 0];

async function work(): Promise<void> {
  for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
    const { exitCode, reason, wallMs } = await run(['sh', '-c', test[1]], { ...box, timeout: '10s' });
    if (exitCode !== 0) failed += 1;
    sumMs += wallMs;
    console.log(`${exitCode === 0 ? 'ok  ' : `FAIL (${reason})`} ${test[0]}, ${wallMs.toFixed()} ms`);
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
const tookMs = (performance.now() - start).toFixed();
console.log(`${tests.length} tests, ${failed} failed: ${sumMs.toFixed()} ms of tests in ${tookMs} ms`);
await rm(source, { recursive: true });
