import type { Controller, ControllerVersion, Setting } from './controller.ts';
import { counter, keyed, toNumber } from './figures.ts';
import type { NormalLimits } from './limits.ts';
import { formatSize } from './size.ts';

const HARD = 'beyond it the OOM killer ends a process of the container, and not one of the host';
const SWAP = 'without a limit on swap the memory limit would only move memory to disk';
const LOW = 'memory below it is reclaimed only when there is no other';
const HIGH = 'above it the container is slowed down while its memory is reclaimed';

const NO_SWAP_ACCOUNTING = {
  ENOENT: {
    code: 'LIMIT_UNSUPPORTED',
    hint: 'The kernel does not count swap: boot it with swapaccount=1, or leave memorySwap out.',
  },
} as const;

/** Whether swap is limited, to how much, and whether the user said so: if not, a kernel without swap counts as well. */
function swapOf({ memoryBytes, swapBytes }: NormalLimits): { bytes: number; optional: boolean } | undefined {
  if (typeof memoryBytes !== 'number' || swapBytes === 'max') return undefined;
  return { bytes: swapBytes ?? 0, optional: swapBytes === undefined };
}

/**
 * Documentation/admin-guide/cgroup-v2.rst, "Memory Interface Files"; all in bytes. memory.peak since Linux 5.19,
 * `oom_kill` of memory.events since 4.13. It counts every process of the group that an OOM killer ended, also
 * when the memory of the whole machine ran out.
 */
const v2: ControllerVersion = {
  controller: 'memory',
  figures: ['memory.peak', 'memory.events'],
  settings(limits) {
    const { memoryBytes: max, memoryHighBytes: high, memoryLowBytes: low } = limits;
    const settings: Setting[] = [];
    const set = (file: string, name: string, bytes: number, why: string): number =>
      settings.push({ file, value: `${bytes}`, what: `set ${name} to ${formatSize(bytes)}`, why });
    if (low !== undefined) set('memory.low', 'the protected memory', low, LOW);
    if (typeof high === 'number') set('memory.high', 'the memory threshold', high, HIGH);
    if (typeof max === 'number') set('memory.max', 'the memory limit', max, HARD);
    const swap = swapOf(limits);
    if (swap) {
      const { bytes, optional } = swap;
      const what = `set the swap limit to ${formatSize(bytes)}`;
      settings.push({
        file: 'memory.swap.max',
        value: `${bytes}`,
        what,
        why: SWAP,
        optional,
        diagnose: NO_SWAP_ACCOUNTING,
      });
    }
    return settings;
  },
  usage: (figures) => ({
    maxMemoryBytes: toNumber(counter(figures, 'memory.peak')),
    oomKills: toNumber(keyed(figures, 'memory.events', 'oom_kill')),
  }),
};

/**
 * Documentation/admin-guide/cgroup-v1/memory.rst; all in bytes. memory.memsw.* count memory and swap together and
 * exist only with swap accounting. `oom_kill` of memory.oom_control since Linux 4.13.
 */
const v1: ControllerVersion = {
  controller: 'memory',
  figures: ['memory.max_usage_in_bytes', 'memory.oom_control'],
  settings(limits, { unsupported }) {
    const { memoryBytes: max, memoryHighBytes: high, memoryLowBytes: low } = limits;
    const settings: Setting[] = [];
    if (typeof high === 'number') {
      unsupported('memoryHighBytes', 'cgroup v1 has no such limit', 'Use memory, or boot with cgroup v2.');
    }
    if (low !== undefined) {
      const what = `set the protected memory to ${formatSize(low)}`;
      settings.push({ file: 'memory.soft_limit_in_bytes', value: `${low}`, what, why: LOW });
    }
    if (typeof max === 'number') {
      const what = `set the memory limit to ${formatSize(max)}`;
      settings.push({ file: 'memory.limit_in_bytes', value: `${max}`, what, why: HARD });
      const swap = swapOf(limits);
      if (swap) {
        // After the memory limit: the kernel refuses a sum that is less than that (EINVAL).
        settings.push({
          file: 'memory.memsw.limit_in_bytes',
          value: `${max + swap.bytes}`,
          what: `set the limit of memory and swap together to ${formatSize(max + swap.bytes)}`,
          why: SWAP,
          optional: swap.optional,
          diagnose: NO_SWAP_ACCOUNTING,
        });
      }
    }
    return settings;
  },
  usage: (figures) => ({
    maxMemoryBytes: toNumber(counter(figures, 'memory.max_usage_in_bytes')),
    oomKills: toNumber(keyed(figures, 'memory.oom_control', 'oom_kill')),
  }),
};

export const memory: Controller = {
  always: true,
  limits: ['memoryBytes', 'memoryHighBytes', 'memoryLowBytes', 'swapBytes'],
  v1,
  v2,
};
