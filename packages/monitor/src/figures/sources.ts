/**
 * Which file has which figures, for both versions of cgroups: admin-guide/cgroup-v2.rst, admin-guide/cgroup-v1/*.rst.
 * A figure is read from the first controller's directory that the host has.
 */
import { numberAt } from '../parsing/bytes.ts';
import {
  blkioSum,
  flatKeyed,
  nestedSum,
  type Parse,
  pressure,
  quotaAndPeriod,
  single,
  v1MemoryLimit,
  v1Quota,
} from '../parsing/formats.ts';
import { auxiliary, slotOf as slot } from './slots.ts';

/**
 * When a file is read, if nobody looks at its cgroup; from the most frequent on:
 * - `always`: every interval. CPU time, which shows whether anything ran.
 * - `running`: every interval in which something ran in the cgroup. It takes a task that runs to allocate, fork, wait, or
 *   meet a limit; what others do to a cgroup that rests, such as reclaim, is seen with the rare ones.
 * - `slow`: once in some intervals where something ran, as it is expensive.
 * - `rare`: still less often, with all others, whatever ran. Limits, which people change, and peaks.
 */
export const paces = ['always', 'running', 'slow', 'rare'] as const;
export type Pace = (typeof paces)[number];

export interface Source {
  /** The directory that it is in: `v2`, or a v1 controller's. */
  readonly hierarchy: string;
  /** The one it is about; a v2 file is read where no v1 hierarchy has this controller. */
  readonly controller: string;
  readonly file: string;
  readonly pace: Pace;
  readonly parse: Parse;
}

const nsToUsec = 1 / 1000;
/** cpuacct.stat counts in USER_HZ, which is 100 on every architecture that Node.js runs on. */
const ticksToUsec = 10_000;

const v2 = (controller: string, file: string, pace: Pace, parse: Parse): Source => ({
  hierarchy: 'v2',
  controller,
  file,
  pace,
  parse,
});
const v1 = (controller: string, file: string, pace: Pace, parse: Parse): Source => ({
  hierarchy: controller,
  controller,
  file,
  pace,
  parse,
});

const atLeast0 = (value: number): number => Math.max(0, value); // and NaN stays NaN
const pidsEvents = flatKeyed([{ name: 'max', slot: slot.pidsLimitHits }]);

const v2Sources: readonly Source[] = [
  v2('memory', 'memory.current', 'running', single(slot.memoryBytes)),
  v2('memory', 'memory.swap.current', 'running', single(slot.swapBytes)),
  v2(
    'memory',
    'memory.events',
    'running',
    flatKeyed([
      { name: 'high', slot: slot.memoryHighHits },
      { name: 'max', slot: slot.memoryLimitHits },
      { name: 'oom_kill', slot: slot.oomKills },
    ]),
  ),
  v2('memory', 'memory.max', 'rare', single(slot.memoryLimitBytes)),
  v2('memory', 'memory.peak', 'rare', single(slot.memoryPeakBytes)),
  v2('memory', 'memory.swap.max', 'rare', single(slot.swapLimitBytes)),
  v2(
    'memory',
    'memory.stat',
    'slow',
    flatKeyed([
      { name: 'anon', slot: slot.memoryAnonBytes },
      { name: 'file', slot: slot.memoryFileBytes },
      { name: 'kernel', slot: slot.memoryKernelBytes },
      { name: 'inactive_file', slot: auxiliary.inactiveFileBytes },
    ]),
  ),
  v2('pids', 'pids.current', 'running', single(slot.pids)),
  v2('pids', 'pids.events', 'running', pidsEvents),
  v2('pids', 'pids.max', 'rare', single(slot.pidsLimit)),
  v2('pids', 'pids.peak', 'rare', single(slot.pidsPeak)),
  // Usage is there without the cpu controller, too: on hybrid hosts it stands in for cpuacct.
  v2(
    'cpuacct',
    'cpu.stat',
    'always',
    flatKeyed([
      { name: 'usage_usec', slot: slot.cpuUsageUsec },
      { name: 'user_usec', slot: slot.cpuUserUsec },
      { name: 'system_usec', slot: slot.cpuSystemUsec },
      { name: 'nr_periods', slot: slot.cpuPeriods },
      { name: 'nr_throttled', slot: slot.cpuThrottledPeriods },
      { name: 'throttled_usec', slot: slot.cpuThrottledUsec },
    ]),
  ),
  v2('cpu', 'cpu.max', 'rare', quotaAndPeriod(slot.cpuLimitCores)),
  v2(
    'blkio',
    'io.stat',
    'slow',
    nestedSum([
      { name: 'rbytes', slot: slot.ioReadBytes },
      { name: 'wbytes', slot: slot.ioWriteBytes },
      { name: 'rios', slot: slot.ioReadOperations },
      { name: 'wios', slot: slot.ioWriteOperations },
    ]),
  ),
  v2(
    'pressure',
    'cpu.pressure',
    'running',
    pressure({
      some: slot.cpuPressureSome,
      full: slot.cpuPressureFull,
      someTotal: slot.cpuPressureSomeUsec,
      fullTotal: slot.cpuPressureFullUsec,
    }),
  ),
  v2(
    'pressure',
    'memory.pressure',
    'running',
    pressure({
      some: slot.memoryPressureSome,
      full: slot.memoryPressureFull,
      someTotal: slot.memoryPressureSomeUsec,
      fullTotal: slot.memoryPressureFullUsec,
    }),
  ),
  v2(
    'pressure',
    'io.pressure',
    'running',
    pressure({
      some: slot.ioPressureSome,
      full: slot.ioPressureFull,
      someTotal: slot.ioPressureSomeUsec,
      fullTotal: slot.ioPressureFullUsec,
    }),
  ),
];

const v1Sources: readonly Source[] = [
  v1('memory', 'memory.usage_in_bytes', 'running', single(slot.memoryBytes)),
  v1('memory', 'memory.memsw.usage_in_bytes', 'running', (bytes, end, into) => {
    // Two files are not read in one moment: usage may have grown in between.
    into[slot.swapBytes] = atLeast0(numberAt(bytes, 0, end) - (into[slot.memoryBytes] as number));
  }),
  // Where memory and swap together have the same limit as memory, it is that one which is met.
  v1('memory', 'memory.memsw.failcnt', 'running', single(auxiliary.memoryAndSwapHits)),
  v1('memory', 'memory.failcnt', 'running', (bytes, end, into) => {
    into[slot.memoryLimitHits] = numberAt(bytes, 0, end) + (into[auxiliary.memoryAndSwapHits] || 0);
  }),
  v1('memory', 'memory.oom_control', 'running', flatKeyed([{ name: 'oom_kill', slot: slot.oomKills }])),
  v1('memory', 'memory.limit_in_bytes', 'rare', v1MemoryLimit(slot.memoryLimitBytes)),
  v1('memory', 'memory.max_usage_in_bytes', 'rare', single(slot.memoryPeakBytes)),
  v1('memory', 'memory.memsw.limit_in_bytes', 'rare', v1MemoryLimit(auxiliary.memoryAndSwapLimitBytes)),
  v1('memory', 'memory.kmem.usage_in_bytes', 'slow', single(slot.memoryKernelBytes)),
  v1(
    'memory',
    'memory.stat',
    'slow',
    flatKeyed([
      { name: 'total_rss', slot: slot.memoryAnonBytes },
      { name: 'total_cache', slot: slot.memoryFileBytes },
      { name: 'total_inactive_file', slot: auxiliary.inactiveFileBytes },
    ]),
  ),
  v1('pids', 'pids.current', 'running', single(slot.pids)),
  v1('pids', 'pids.events', 'running', pidsEvents),
  v1('pids', 'pids.max', 'rare', single(slot.pidsLimit)),
  v1('pids', 'pids.peak', 'rare', single(slot.pidsPeak)),
  v1('cpuacct', 'cpuacct.usage', 'always', single(slot.cpuUsageUsec, nsToUsec)),
  v1(
    'cpuacct',
    'cpuacct.stat',
    'running',
    flatKeyed([
      { name: 'user', slot: slot.cpuUserUsec, scale: ticksToUsec },
      { name: 'system', slot: slot.cpuSystemUsec, scale: ticksToUsec },
    ]),
  ),
  v1(
    'cpu',
    'cpu.stat',
    'running',
    flatKeyed([
      { name: 'nr_periods', slot: slot.cpuPeriods },
      { name: 'nr_throttled', slot: slot.cpuThrottledPeriods },
      { name: 'throttled_time', slot: slot.cpuThrottledUsec, scale: nsToUsec },
    ]),
  ),
  v1('cpu', 'cpu.cfs_quota_us', 'rare', v1Quota(auxiliary.cfsQuotaUsec)),
  v1('cpu', 'cpu.cfs_period_us', 'rare', single(auxiliary.cfsPeriodUsec)),
  v1(
    'blkio',
    'blkio.throttle.io_service_bytes_recursive',
    'slow',
    blkioSum([
      { name: 'Read', slot: slot.ioReadBytes },
      { name: 'Write', slot: slot.ioWriteBytes },
    ]),
  ),
  v1(
    'blkio',
    'blkio.throttle.io_serviced_recursive',
    'slow',
    blkioSum([
      { name: 'Read', slot: slot.ioReadOperations },
      { name: 'Write', slot: slot.ioWriteOperations },
    ]),
  ),
];

/** The controllers that figures are read of, by their v1 names. */
export const controllers: readonly string[] = [...new Set(v1Sources.map(({ controller }) => controller))];

/** What to read of a cgroup that has these directories, by `v2` and v1 controllers' names; the most frequent first. */
export function sourcesFor(directories: Readonly<Record<string, string>>): Source[] {
  const sources = v1Sources.filter(({ hierarchy }) => directories[hierarchy] !== undefined);
  if (directories['v2'] !== undefined)
    sources.push(...v2Sources.filter(({ controller }) => directories[controller] === undefined));
  return sources.sort((a, b) => paces.indexOf(a.pace) - paces.indexOf(b.pace));
}

/** Figures that follow from what was parsed. */
export function derive(parsed: Float64Array): void {
  const at = (index: number) => parsed[index] as number;
  // Without these files the figure is what its own file said, or NaN.
  if (!Number.isNaN(at(auxiliary.inactiveFileBytes)))
    parsed[slot.memoryWorkingSetBytes] = atLeast0(at(slot.memoryBytes) - at(auxiliary.inactiveFileBytes));
  // Read at another pace, it may be older than what is in use.
  if (at(slot.memoryPeakBytes) < at(slot.memoryBytes)) parsed[slot.memoryPeakBytes] = at(slot.memoryBytes);
  if (at(slot.pidsPeak) < at(slot.pids)) parsed[slot.pidsPeak] = at(slot.pids);
  const together = at(auxiliary.memoryAndSwapLimitBytes);
  if (!Number.isNaN(together))
    parsed[slot.swapLimitBytes] =
      together === Number.POSITIVE_INFINITY ? together : Math.max(0, together - at(slot.memoryLimitBytes));
  if (!Number.isNaN(at(auxiliary.cfsQuotaUsec)))
    parsed[slot.cpuLimitCores] = at(auxiliary.cfsQuotaUsec) / at(auxiliary.cfsPeriodUsec);
}
