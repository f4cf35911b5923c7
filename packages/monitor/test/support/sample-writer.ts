/** A thread that publishes samples, all of whose values are the same, as fast as it can. */
import { parentPort, workerData } from 'node:worker_threads';
import { SampleMemory } from '../../src/sampling/sample-memory.ts';

const memory = new SampleMemory(workerData);
for (let value = 1; ; value += 1) {
  memory.draft(3).fill(value);
  memory.publish(3);
  if (value === 1) parentPort?.postMessage('ready');
}
