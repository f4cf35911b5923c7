import { type CounterName, type FigureName, figureTable } from '../figures/table.ts';
import type { CgroupSample } from '../frames/frame.ts';

/** What a history may have of a cgroup: gauges and limits as they are, and of a counter its rate, a second. */
export type SeriesName = FigureName;

/** What is drawn of a container. */
export const defaultSeries = [
  'memoryBytes',
  'memoryWorkingSetBytes',
  'memoryLimitBytes',
  'swapBytes',
  'pids',
  'cpuUsageUsec',
  'cpuThrottledUsec',
  'ioReadBytes',
  'ioWriteBytes',
  'networkReceiveBytes',
  'networkTransmitBytes',
  'cpuPressureSome',
  'memoryPressureSome',
  'memoryPressureFull',
  'ioPressureSome',
  'ioPressureFull',
] as const satisfies readonly SeriesName[];

/** How to take a series out of a sample. It gives `Infinity` where a limit is `'max'`. */
export function takerOf(name: SeriesName): (sample: CgroupSample) => number | undefined {
  if (figureTable[name].kind === 'counter') return ({ rates }) => rates[name as CounterName];
  return ({ figures }) => {
    const value = figures[name];
    return value === 'max' ? Number.POSITIVE_INFINITY : value;
  };
}
