/** Frames of a monitor, for the kernel suite. */
import { type CgroupSample, type Frame, type Monitor, type MonitorOptions, monitor } from '@tc/monitor';
import { scaled } from './scale.ts';

export const pathOf = (id: string) => `/tctl-${id}`;

export function sampleOf(frame: Frame, id: string): CgroupSample | undefined {
  return frame.cgroups.find(({ cgroup }) => cgroup.path === pathOf(id));
}

export function makeMonitor(options: MonitorOptions = {}): Monitor {
  return monitor({ interval: Math.min(1000, scaled(200)), ...options });
}

/** The first sample of a container of which something holds. */
export async function sampleWhere(
  from: Monitor,
  id: string,
  holds: (sample: CgroupSample) => boolean,
): Promise<CgroupSample> {
  const start = performance.now();
  let last: CgroupSample | undefined;
  for await (const frame of from) {
    last = sampleOf(frame, id) ?? last;
    if (last !== undefined && holds(last)) return last;
    if (performance.now() - start > scaled(20_000)) break;
  }
  throw new Error(`no sample of ${id} was as wanted; the last one: ${JSON.stringify(last, null, 1)}`);
}
