import type { Frame, Monitor } from '../../src/index.ts';

/** The first frame of which something holds. */
export async function frameWhere(
  monitor: Monitor,
  holds: (frame: Frame) => boolean,
  what: string,
  patienceMs = 30_000,
): Promise<Frame> {
  const start = performance.now();
  let last: Frame | undefined;
  for await (const frame of monitor) {
    if (holds(frame)) return frame;
    last = frame;
    if (performance.now() - start > patienceMs) break;
  }
  const paths = last?.cgroups.map(({ cgroup, stale, ageMs }) => `${cgroup.path} ${stale} ${ageMs}`);
  throw new Error(
    `in ${patienceMs} ms there was no frame with ${what}; the last one has\n${paths?.join('\n')}`,
  );
}

export const sampleIn = (frame: Frame, path: string) =>
  frame.cgroups.find(({ cgroup }) => cgroup.path === path);
