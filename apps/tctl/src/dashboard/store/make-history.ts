import { History } from '@tc/monitor';

/** What the graphs of the detail view are made of. Where a thousand containers take more, the oldest hours go. */
export function makeHistory(): History {
  return new History({
    series: [
      'memoryBytes',
      'memoryLimitBytes',
      'pids',
      'pidsLimit',
      'cpuUsageUsec',
      'ioReadBytes',
      'ioWriteBytes',
      'networkReceiveBytes',
      'networkTransmitBytes',
      'cpuPressureSome',
      'memoryPressureSome',
      'ioPressureSome',
    ],
    maxBytes: 96 * 2 ** 20,
  });
}
