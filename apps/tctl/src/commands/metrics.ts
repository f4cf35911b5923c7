import type { ContainerInfo } from '@tc/core';
import { type Cgroup, serveMetrics } from '@tc/monitor';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { parseDuration } from '../cli/durations.ts';
import { writeOut } from '../cli/output.ts';
import { untilSignal } from '../cli/until-signal.ts';
import { type LiveFrame, openLive } from '../live/frames.ts';
import { metrics } from '../table/monitoring.ts';

export const metricsCommand = command(
  metrics,
  async ({ listen, 'allow-remote': allowRemote = false, 'all-cgroups': all = false, interval = '1s' }) => {
    const intervalMs = parseDuration('interval', interval);
    await cleanUp();
    using end = untilSignal();
    let newest: LiveFrame | undefined;
    await using server = await serveMetrics({
      ...(listen === undefined ? {} : { listen }),
      allowRemote,
      frame: () => newest,
      labels: ({ path }: Cgroup) => labelsOf(newest?.containers.get(path)),
    });
    await using live = openLive({ interval: intervalMs, all, signal: end.signal });
    writeOut(`${server.url}\n`);
    for await (const frame of live) newest = frame;
    return 0;
  },
);

/** As cAdvisor: `image`, and each label of the container as `container_label_*`. */
function labelsOf(info: ContainerInfo | undefined): Record<string, string | undefined> {
  if (info === undefined) return {};
  const labels = Object.entries(info.labels).map(([key, value]) => [
    `container_label_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`,
    value,
  ]);
  return { ...Object.fromEntries(labels), image: info.image };
}
