import type { LiveFrame } from '../live/frames.ts';
import { memoryInUse, memoryLimit } from './stats-row.ts';
import type { Selected } from './stats-selection.ts';

/** One object a line. What is not known is left out; units are in the names. */
export function statsJson({ samples, resting }: Selected, { time, host, containers }: LiveFrame): string {
  const lines = samples.map((sample) => {
    const { cgroup, figures, rates, uptimeMs, stale } = sample;
    const used = memoryInUse(sample);
    const limit = memoryLimit(sample, host);
    const info = containers.get(cgroup.path);
    return {
      time,
      id: cgroup.id,
      name: cgroup.name,
      kind: cgroup.kind,
      path: cgroup.path,
      image: info?.image,
      cpuShare: rates.cpuUsageUsec === undefined ? undefined : rates.cpuUsageUsec / 1e6,
      memoryShare: used === undefined || !limit ? undefined : used / limit,
      uptimeMs,
      stale,
      figures,
      rates,
    };
  });
  const ended = resting.map(({ id, name, image }) => ({ time, id, name, kind: 'tctl', image }));
  return [...lines, ...ended].map((line) => `${JSON.stringify(line)}\n`).join('');
}
