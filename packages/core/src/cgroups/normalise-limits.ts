import { resolveBlockDevice } from './block-device.ts';
import { checkLimit, countOf, cpuListOf, fail, sizeOf } from './check-limit.ts';
import type { Limits, NormalIoLimit, NormalLimits } from './limits.ts';

/** The kernel's own default (kernel/sched/core.c, default_cfs_period()). */
export const cpuPeriodUsec = 100_000;

import { formatSize } from './size.ts';

// kernel/sched/core.c, min_cfs_quota_period: the kernel takes no quota below 1 ms.
const MIN_CPUS = 0.01;
// The greatest number of CPUs that Linux can be built for (NR_CPUS).
const MAX_CPUS = 8192;
// include/linux/threads.h, PID_MAX_LIMIT; kernel/cgroup/pids.c answers EINVAL above it.
const MAX_PIDS = 4_194_304;
// block/blk-throttle.c keeps IOPS in 32 bits and takes the greatest one for no limit.
const MAX_IOPS = 2 ** 32 - 2;

/**
 * The kernel takes any number and rounds it down to whole pages. But a page table, a stack and the C library
 * are charged before a program's first instruction: under 128 KiB even /bin/true is killed as it starts, under
 * 192 KiB it runs (measured on 6.1 and 6.18, x86-64). Far below that a limit is a slip of the unit.
 */
const MIN_MEMORY_BYTES = 64 * 1024;
const MEMORY_HINT =
  'At least 64k; a program needs about 200k to start, and a shell or interpreter some megabytes.';

function normaliseMemory(limits: Limits): NormalLimits {
  const memoryBytes = sizeOf('memory', limits.memory, {
    min: MIN_MEMORY_BYTES,
    max: 'allowed',
    hint: MEMORY_HINT,
  });
  const memoryHighBytes = sizeOf('memoryHigh', limits.memoryHigh, { min: 1, max: 'allowed' });
  const memoryLowBytes = sizeOf('memoryLow', limits.memoryLow, { min: 0 });
  const swapBytes = sizeOf('memorySwap', limits.memorySwap, { min: 0, max: 'allowed' });
  if (typeof memoryBytes === 'number') {
    const hint = `The hard limit, memory, is ${formatSize(memoryBytes)}: choose less.`;
    if (typeof memoryHighBytes === 'number' && memoryHighBytes > memoryBytes) {
      fail('memoryHigh', limits.memoryHigh, 'exceeds the memory limit', hint);
    }
    if (memoryLowBytes !== undefined && memoryLowBytes > memoryBytes) {
      fail('memoryLow', limits.memoryLow, 'exceeds the memory limit', hint);
    }
  } else if (typeof swapBytes === 'number') {
    // v1 limits memory and swap together (memory.memsw), so alone it has no meaning there.
    fail('memorySwap', limits.memorySwap, 'comes without a memory limit', 'Set memory too.');
  }
  return { memoryBytes, memoryHighBytes, memoryLowBytes, swapBytes };
}

function normaliseIo(
  io: NonNullable<Limits['io']>,
  resolveDevice: (device: string) => string,
): NormalIoLimit[] {
  checkLimit('io', io, Array.isArray(io), 'A list of { device, readBps, writeBps, readIops, writeIops }.');
  return io.map((limit) => {
    const rates = {
      readBps: sizeOf('io', limit.readBps, { min: 1 }),
      writeBps: sizeOf('io', limit.writeBps, { min: 1 }),
      readIops: countOf('io', limit.readIops, { min: 1, max: MAX_IOPS }),
      writeIops: countOf('io', limit.writeIops, { min: 1, max: MAX_IOPS }),
    };
    const some = Object.values(rates).some((rate) => rate !== undefined);
    checkLimit('io', limit, some, 'Give at least one of readBps, writeBps, readIops, writeIops.');
    return { device: resolveDevice(limit.device), name: limit.device, ...rates };
  });
}

const KNOWN: Readonly<Record<keyof Limits, true>> = {
  memory: true,
  memoryHigh: true,
  memoryLow: true,
  memorySwap: true,
  pids: true,
  cpus: true,
  cpuWeight: true,
  cpuset: true,
  io: true,
};

/**
 * Checks limits and puts them in the kernel's units. Looks at the machine only to find the number of a block
 * device that is given by its path.
 * @throws TcError INVALID_LIMIT
 */
export function normaliseLimits(limits: Limits, resolveDevice = resolveBlockDevice): NormalLimits {
  for (const [name, value] of Object.entries(limits)) {
    const known = `There are ${Object.keys(KNOWN).join(', ')}.`;
    if (!Object.hasOwn(KNOWN, name)) fail(name, value, 'is for a limit that does not exist', known);
  }
  const { cpus, cpuset, io, pids } = limits;
  if (cpus !== undefined) {
    const inRange = typeof cpus === 'number' && cpus >= MIN_CPUS && cpus <= MAX_CPUS;
    checkLimit('cpus', cpus, inRange, `A number of CPUs, ${MIN_CPUS} or more: 0.5 is half of one.`);
  }
  return {
    ...normaliseMemory(limits),
    pids: pids === 'max' ? pids : countOf('pids', pids, { min: 1, max: MAX_PIDS }),
    cpuQuotaUsec: cpus === undefined ? undefined : Math.round(cpus * cpuPeriodUsec),
    cpuWeight: countOf('cpuWeight', limits.cpuWeight, { min: 1, max: 10_000 }),
    cpuset: cpuListOf('cpuset', cpuset),
    io: io === undefined ? undefined : normaliseIo(io, resolveDevice),
  };
}
