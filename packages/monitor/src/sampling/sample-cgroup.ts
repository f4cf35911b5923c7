import { findCgroup } from '../cgroups/find-cgroup.ts';
import { isContainerKind } from '../cgroups/identify.ts';
import type { CgroupSample } from '../frames/frame.ts';
import { CgroupReader } from './cgroup-reader.ts';
import { DescriptorBudget, ReadBuffer } from './descriptors.ts';
import { fillSample } from './fill-sample.ts';
import { monotonicMs } from './monotonic.ts';
import { sampleLength } from './sample-memory.ts';
import { toSample } from './to-sample.ts';

/**
 * Reads a cgroup once, in this thread, which waits where the kernel makes it wait. There are no rates: these need two
 * readings. Undefined where there is no such cgroup.
 */
export function sampleCgroup(path: string): CgroupSample | undefined {
  const cgroup = findCgroup(path);
  if (cgroup === undefined) return undefined;
  const reader = new CgroupReader(cgroup.directories, {
    buffer: new ReadBuffer(),
    budget: new DescriptorBudget(0),
    isContainer: isContainerKind(cgroup.kind),
  });
  if (reader.read('rare') === 'gone') return undefined;
  const values = new Float64Array(sampleLength);
  fillSample(values, reader, 0);
  return toSample(cgroup, values, { monotonicMs: monotonicMs(), wallMs: Date.now(), staleMs: Infinity });
}
