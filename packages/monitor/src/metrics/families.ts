/**
 * What is exposed: under cAdvisor's names where it has one, so that its dashboards and alerts work.
 * https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
import type { CgroupSample, Frame } from '../frames/frame.ts';

export interface Family {
  /** Without `_total`. */
  readonly name: string;
  /** `plain-counter`: one that cAdvisor names without `_total`. OpenMetrics knows no such counter: its type is unknown. */
  readonly type: 'gauge' | 'counter' | 'plain-counter';
  /** The name ends with it. */
  readonly unit?: 'bytes' | 'seconds';
  readonly help: string;
}

export interface CgroupFamily extends Family {
  /** Besides those that all have. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: (sample: CgroupSample, frame: Frame) => number | undefined;
}

export interface HostFamily extends Family {
  readonly value: (frame: Frame) => number | undefined;
}

/** cAdvisor: 0 is unlimited. */
const limit = (value: number | 'max' | undefined) => (value === 'max' ? 0 : value);
const seconds = (usec: number | undefined) => (usec === undefined ? undefined : usec / 1e6);
/** What a quota is of. The kernel's default, whatever the cgroup has: their ratio is what counts. */
const cpuPeriodUsec = 100_000;

function gauge(name: string, help: string, value: CgroupFamily['value']): CgroupFamily {
  return { name, type: 'gauge', ...unitOf(name), help, value };
}

function counter(name: string, help: string, value: CgroupFamily['value']): CgroupFamily {
  return { name, type: 'counter', ...unitOf(name), help, value };
}

function unitOf(name: string): Pick<Family, 'unit'> {
  const unit = (['bytes', 'seconds'] as const).find((each) => name.endsWith(`_${each}`));
  return unit === undefined ? {} : { unit };
}

const memory: readonly CgroupFamily[] = [
  gauge(
    'container_memory_usage_bytes',
    'Memory in use, page cache included',
    ({ figures }) => figures.memoryBytes,
  ),
  gauge(
    'container_memory_working_set_bytes',
    'Memory in use, less file pages that were not used lately',
    ({ figures }) => figures.memoryWorkingSetBytes,
  ),
  gauge(
    'container_memory_max_usage_bytes',
    'Most memory that was in use',
    ({ figures }) => figures.memoryPeakBytes,
  ),
  gauge('container_memory_rss', 'Anonymous memory in bytes', ({ figures }) => figures.memoryAnonBytes),
  gauge('container_memory_cache', 'Page cache in bytes', ({ figures }) => figures.memoryFileBytes),
  gauge(
    'container_memory_kernel_usage',
    'Memory of the kernel in bytes',
    ({ figures }) => figures.memoryKernelBytes,
  ),
  gauge('container_memory_swap', 'Swap in use in bytes', ({ figures }) => figures.swapBytes),
  {
    name: 'container_memory_failcnt',
    type: 'plain-counter',
    help: 'How often memory in use met its limit',
    value: ({ figures }) => figures.memoryLimitHits,
  },
  counter('container_oom_events', 'Processes that the OOM killer ended', ({ figures }) => figures.oomKills),
];

const cpu: readonly CgroupFamily[] = [
  {
    ...counter('container_cpu_usage_seconds', 'CPU time', ({ figures }) => seconds(figures.cpuUsageUsec)),
    labels: { cpu: 'total' },
  },
  counter('container_cpu_user_seconds', 'CPU time in user space', ({ figures }) =>
    seconds(figures.cpuUserUsec),
  ),
  counter('container_cpu_system_seconds', 'CPU time in the kernel', ({ figures }) =>
    seconds(figures.cpuSystemUsec),
  ),
  counter(
    'container_cpu_cfs_periods',
    'Periods in which the CPU limit was enforced',
    ({ figures }) => figures.cpuPeriods,
  ),
  counter(
    'container_cpu_cfs_throttled_periods',
    'Periods in which the CPU limit was met',
    ({ figures }) => figures.cpuThrottledPeriods,
  ),
  counter(
    'container_cpu_cfs_throttled_seconds',
    'Time for which the CPU limit held tasks up',
    ({ figures }) => seconds(figures.cpuThrottledUsec),
  ),
];

const io: readonly CgroupFamily[] = [
  counter('container_fs_reads_bytes', 'Bytes read from disks', ({ figures }) => figures.ioReadBytes),
  counter('container_fs_writes_bytes', 'Bytes written to disks', ({ figures }) => figures.ioWriteBytes),
  counter('container_fs_reads', 'Reads from disks', ({ figures }) => figures.ioReadOperations),
  counter('container_fs_writes', 'Writes to disks', ({ figures }) => figures.ioWriteOperations),
  counter('container_network_receive_bytes', 'Bytes received', ({ figures }) => figures.networkReceiveBytes),
  counter(
    'container_network_receive_packets',
    'Packets received',
    ({ figures }) => figures.networkReceivePackets,
  ),
  counter('container_network_transmit_bytes', 'Bytes sent', ({ figures }) => figures.networkTransmitBytes),
  counter(
    'container_network_transmit_packets',
    'Packets sent',
    ({ figures }) => figures.networkTransmitPackets,
  ),
];

/** `waiting`: some tasks were held up. `stalled`: all were. */
const pressure = (['cpu', 'memory', 'io'] as const).flatMap((of): readonly CgroupFamily[] => [
  counter(
    `container_pressure_${of}_waiting_seconds`,
    `Time in which some tasks waited for ${of}`,
    ({ figures }) => seconds(figures[`${of}PressureSomeUsec`]),
  ),
  counter(
    `container_pressure_${of}_stalled_seconds`,
    `Time in which all tasks waited for ${of}`,
    ({ figures }) => seconds(figures[`${of}PressureFullUsec`]),
  ),
]);

const life: readonly CgroupFamily[] = [
  gauge('container_threads', 'Processes and threads', ({ figures }) => figures.pids),
  gauge('container_threads_max', 'Most processes and threads, 0 where there is no limit', ({ figures }) =>
    limit(figures.pidsLimit),
  ),
  gauge('container_start_time_seconds', 'When it was started, since 1970', ({ uptimeMs }, { time }) =>
    uptimeMs === undefined ? undefined : Math.round(time.getTime() - uptimeMs) / 1000,
  ),
  gauge(
    'container_last_seen',
    'When it was sampled, in seconds since 1970',
    ({ ageMs }, { time }) => Math.round(time.getTime() - ageMs) / 1000,
  ),
];

const specs: readonly CgroupFamily[] = [
  gauge('container_spec_memory_limit_bytes', 'Memory limit, 0 where there is none', ({ figures }) =>
    limit(figures.memoryLimitBytes),
  ),
  gauge('container_spec_memory_swap_limit_bytes', 'Swap limit, 0 where there is none', ({ figures }) =>
    limit(figures.swapLimitBytes),
  ),
  gauge('container_spec_cpu_period', 'Microseconds that the quota is of', ({ figures }) =>
    figures.cpuLimitCores === undefined ? undefined : cpuPeriodUsec,
  ),
  gauge(
    'container_spec_cpu_quota',
    'Microseconds of CPU time in a period',
    ({ figures: { cpuLimitCores } }) =>
      cpuLimitCores === undefined || cpuLimitCores === 'max'
        ? undefined
        : Math.round(cpuLimitCores * cpuPeriodUsec),
  ),
];

export const cgroupFamilies: readonly CgroupFamily[] = [
  ...memory,
  ...cpu,
  ...io,
  ...pressure,
  ...life,
  ...specs,
];

export const hostFamilies: readonly HostFamily[] = [
  { name: 'machine_cpu_cores', type: 'gauge', help: 'CPUs', value: ({ host }) => host.cpus },
  {
    name: 'machine_memory_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory of the machine',
    value: ({ host }) => host.memoryTotalBytes,
  },
  {
    name: 'machine_swap_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Swap of the machine',
    value: ({ host }) => host.swapTotalBytes,
  },
  {
    name: 'container_scrape_error',
    type: 'gauge',
    help: '1 where a cgroup could not be read in time',
    value: ({ cgroups }) => (cgroups.some(({ stale }) => stale) ? 1 : 0),
  },
];
