/** A worker file whose first sampling thread dies. It leaves a mark in the first cgroup. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SamplerTask } from '../../src/sampling/messages.ts';
import { sample as realSample } from '../../src/sampling/sampler.ts';

export { follow } from '../../src/cgroups/follower.ts';

export function sample(task: SamplerTask): Promise<void> {
  const mark = join(task.entries[0]?.directories['v2'] ?? '', 'died');
  if (existsSync(mark)) return realSample(task);
  writeFileSync(mark, '');
  process.exit(1); // of this thread alone: worker_threads
}
