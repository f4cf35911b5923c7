import { parseLimit, parseNestedKeyed, parsePressure } from '@tc/linux';
import type { CgroupFiles } from './cgroup-files.ts';
import type { OciMemoryEntry, OciPressure, OciPressureLine, StatsOfVersion } from './stats-types.ts';

const unlimited = 2n ** 64n - 1n;
const noEntry: OciMemoryEntry = { limit: 0n, usage: 0n, max: 0n, failcnt: 0n };

/** Documentation/admin-guide/cgroup-v2.rst. */
export function statsV2(files: CgroupFiles): StatsOfVersion {
  const cpu = files.keyed('cpu.stat');
  const ns = (key: string) => (cpu.get(key) ?? 0n) * 1000n;
  const raw = files.keyed('memory.stat');
  const usage = entryV2(files, 'memory.');
  const swap = entryV2(files, 'memory.swap.');
  const io = [...parseNestedKeyed(files.text('io.stat') ?? '')].filter(([device]) =>
    /^\d+:\d+$/.test(device),
  );
  const ioEntries = (names: Readonly<Record<string, string>>) =>
    io.flatMap(([device, values]) => {
      const [major = '', minor = ''] = device.split(':');
      return Object.entries(names).flatMap(([key, op]) => {
        const value = values.get(key);
        return value === undefined ? [] : [{ major: BigInt(major), minor: BigInt(minor), op, value }];
      });
    });
  return {
    cpu: {
      usage: { total: ns('usage_usec'), kernel: ns('system_usec'), user: ns('user_usec') },
      throttling: {
        periods: cpu.get('nr_periods') ?? 0n,
        throttledPeriods: cpu.get('nr_throttled') ?? 0n,
        throttledTime: ns('throttled_usec'),
      },
      ...pressureOf(files, 'cpu'),
    },
    memory: {
      cache: raw.get('file') ?? 0n,
      usage,
      swap: {
        limit: usage.limit === unlimited || swap.limit === unlimited ? unlimited : usage.limit + swap.limit,
        usage: usage.usage + swap.usage,
        max: 0n,
        failcnt: 0n,
      },
      kernel: { ...noEntry, usage: raw.get('kernel') ?? 0n },
      kernelTCP: { ...noEntry, usage: raw.get('sock') ?? 0n },
      raw: Object.fromEntries(raw),
      ...pressureOf(files, 'memory'),
    },
    blkio: {
      ioServiceBytesRecursive: ioEntries({ rbytes: 'Read', wbytes: 'Write' }),
      ioServicedRecursive: ioEntries({ rios: 'Read', wios: 'Write' }),
      ...pressureOf(files, 'io'),
    },
  };
}

function entryV2(files: CgroupFiles, prefix: string): OciMemoryEntry {
  const text = files.text(`${prefix}max`);
  const limit = text === undefined ? 'max' : parseLimit(text);
  return {
    limit: limit === 'max' ? unlimited : limit,
    usage: files.counter(`${prefix}current`) ?? 0n,
    max: files.counter(`${prefix}peak`) ?? 0n,
    failcnt: files.keyed(`${prefix}events`).get('max') ?? 0n,
  };
}

function pressureOf(files: CgroupFiles, name: string): { psi?: OciPressure } {
  let text: string | undefined;
  try {
    text = files.text(`${name}.pressure`);
  } catch {} // EOPNOTSUPP where the kernel was booted without psi
  if (text === undefined || text === '') return {};
  const { some, full } = parsePressure(text);
  const line = (of: NonNullable<typeof some>): OciPressureLine => ({
    avg10: of.avg10,
    avg60: of.avg60,
    avg300: of.avg300,
    total: of.totalUs,
  });
  return {
    psi: {
      ...(some === undefined ? {} : { some: line(some) }),
      ...(full === undefined ? {} : { full: line(full) }),
    },
  };
}
