/** A script whose monitor has a thread that is blocked for ever, and which ends: as its argument says. */
import { readdirSync, readFileSync } from 'node:fs';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { FakeHierarchy } from './fake-hierarchy.ts';
import { frameWhere, sampleIn } from './frames.ts';

const fake = new FakeHierarchy();
fake.add('/a');
fake.add('/b');
fake.block('/b', 'memory.current');
const monitor = createMonitor({ interval: 50 }, { hierarchies: fake.hierarchies, blockedAfterMs: 300 });
process.on('exit', (code) => {
  fake[Symbol.dispose]();
  console.log(`exit ${code}`);
});
if (process.argv[2] === 'early') {
  // Before anybody has noticed that the thread is blocked.
  const loop = monitor[Symbol.asyncIterator]();
  const patience = setTimeout(() => {}, 50_000);
  void loop.next().then(() => process.exit(5));
  while (readdirSync('/proc/self/task').every((thread) => !isInFifo(thread)))
    await new Promise((resolve) => setTimeout(resolve, 5));
  clearTimeout(patience);
  process.exitCode = 4;
  process.exit();
}
await frameWhere(monitor, (frame) => sampleIn(frame, '/b')?.stale === true, '/b stale');
if (process.argv[2] === 'exit') process.exit(3);
process.exitCode = 4;

/** In the kernel's wait_for_partner(), which is where an open(2) of a FIFO waits: fs/pipe.c. */
function isInFifo(thread: string): boolean {
  try {
    return readFileSync(`/proc/self/task/${thread}/wchan`, 'latin1').includes('wait_for_partner');
  } catch {
    return false;
  }
}
