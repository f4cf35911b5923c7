import type { CgroupFiles } from './cgroup-files.ts';
import type { OciBlkioEntry, OciMemoryEntry, StatsOfVersion } from './stats-types.ts';

/** Documentation/admin-guide/cgroup-v1: cpuacct.rst, memory.rst, blkio-controller.rst. */
export function statsV1(files: CgroupFiles): StatsOfVersion {
  const throttling = files.keyed('cpu.stat');
  const raw = files.keyed('memory.stat');
  const entry = (prefix: string): OciMemoryEntry => ({
    limit: files.counter(`${prefix}limit_in_bytes`) ?? 0n,
    usage: files.counter(`${prefix}usage_in_bytes`) ?? 0n,
    max: files.counter(`${prefix}max_usage_in_bytes`) ?? 0n,
    failcnt: files.counter(`${prefix}failcnt`) ?? 0n,
  });
  return {
    cpu: {
      usage: {
        total: files.counter('cpuacct.usage') ?? 0n,
        percpu: (files.text('cpuacct.usage_percpu')?.match(/\d+/g) ?? []).map(BigInt),
        kernel: files.counter('cpuacct.usage_sys') ?? 0n,
        user: files.counter('cpuacct.usage_user') ?? 0n,
      },
      throttling: {
        periods: throttling.get('nr_periods') ?? 0n,
        throttledPeriods: throttling.get('nr_throttled') ?? 0n,
        throttledTime: throttling.get('throttled_time') ?? 0n,
      },
    },
    memory: {
      cache: raw.get('cache') ?? 0n,
      usage: entry('memory.'),
      swap: entry('memory.memsw.'),
      kernel: entry('memory.kmem.'),
      kernelTCP: entry('memory.kmem.tcp.'),
      raw: Object.fromEntries(raw),
    },
    blkio: {
      ioServiceBytesRecursive: blkioEntries(files.text('blkio.throttle.io_service_bytes_recursive')),
      ioServicedRecursive: blkioEntries(files.text('blkio.throttle.io_serviced_recursive')),
    },
  };
}

/** `8:0 Read 4096`; the last line is a sum. */
function blkioEntries(text = ''): OciBlkioEntry[] {
  return [...text.matchAll(/^(\d+):(\d+) (\w+) (\d+)$/gm)].map(
    ([, major = '', minor = '', op = '', value = '']) => ({
      major: BigInt(major),
      minor: BigInt(minor),
      op,
      value: BigInt(value),
    }),
  );
}
