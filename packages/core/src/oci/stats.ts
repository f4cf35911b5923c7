/**
 * What a container uses, in the words of runc's `events --stats` (its types/events.go): bytes, and CPU time in
 * nanoseconds. What is not counted is 0, as it is there. Version 2 is told in version 1's words.
 */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseLimit, parseNestedKeyed, parsePressure } from '@tc/linux';
import { CgroupFiles } from './cgroup-files.ts';
import type { OciCgroups } from './cgroups.ts';

type Amounts = Readonly<Record<string, bigint>>;

export interface OciMemoryEntry {
  /** 2^64 - 1: no limit. */
  readonly limit: bigint;
  readonly usage: bigint;
  readonly max: bigint;
  readonly failcnt: bigint;
}

export interface OciBlkioEntry {
  readonly major: bigint;
  readonly minor: bigint;
  /** `Read`, `Write`, ... */
  readonly op: string;
  readonly value: bigint;
}

/** `data` of an event of the type `stats`. */
export interface OciStats {
  readonly cpu: {
    readonly usage: {
      readonly total: bigint;
      /** By CPU; version 1 only. */
      readonly percpu?: readonly bigint[];
      readonly kernel: bigint;
      readonly user: bigint;
    };
    readonly throttling: {
      readonly periods: bigint;
      readonly throttledPeriods: bigint;
      readonly throttledTime: bigint;
    };
    readonly psi?: OciPressure;
  };
  readonly memory: {
    readonly cache: bigint;
    readonly usage: OciMemoryEntry;
    /** Memory and swap together. */
    readonly swap: OciMemoryEntry;
    readonly kernel: OciMemoryEntry;
    readonly kernelTCP: OciMemoryEntry;
    readonly raw: Amounts;
    readonly psi?: OciPressure;
  };
  /** A limit of 0: none. */
  readonly pids: { readonly current: bigint; readonly limit: bigint };
  readonly blkio: {
    readonly ioServiceBytesRecursive: readonly OciBlkioEntry[];
    readonly ioServicedRecursive: readonly OciBlkioEntry[];
    readonly psi?: OciPressure;
  };
  /** By the size of the pages: `2MB`. */
  readonly hugetlb: Readonly<Record<string, Amounts>>;
  readonly intel_rdt: object;
  readonly network_interfaces: null;
}

/** Percent of the last 10, 60 and 300 seconds, and microseconds in total. */
export interface OciPressure {
  readonly some?: OciPressureLine;
  readonly full?: OciPressureLine;
}
interface OciPressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly total: bigint;
}

const unlimited = 2n ** 64n - 1n;
const noEntry: OciMemoryEntry = { limit: 0n, usage: 0n, max: 0n, failcnt: 0n };

export function statsOf(cgroups: OciCgroups): OciStats {
  const files = new CgroupFiles(cgroups);
  return {
    ...(files.isV1 ? statsV1(files) : statsV2(files)),
    pids: {
      current: files.counter('pids.current') ?? 0n,
      limit: pidsLimit(files.text('pids.max')),
    },
    hugetlb: hugetlbOf(files),
    intel_rdt: {},
    network_interfaces: null,
  };
}

function pidsLimit(text: string | undefined): bigint {
  const limit = text === undefined ? 'max' : parseLimit(text);
  return limit === 'max' ? 0n : limit;
}

type OfVersion = Pick<OciStats, 'cpu' | 'memory' | 'blkio'>;

/** Documentation/admin-guide/cgroup-v1: cpuacct.rst, memory.rst, blkio-controller.rst. */
function statsV1(files: CgroupFiles): OfVersion {
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

/** Documentation/admin-guide/cgroup-v2.rst. */
function statsV2(files: CgroupFiles): OfVersion {
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

/** `hugetlb.2MB.usage_in_bytes`, `hugetlb.2MB.current`. */
function hugetlbOf(files: CgroupFiles): OciStats['hugetlb'] {
  const suffix = files.isV1 ? 'usage_in_bytes' : 'current';
  const anyFile = files.path(`hugetlb.x.${suffix}`);
  if (anyFile === undefined) return {};
  const sizes = readdirOptional(dirname(anyFile)).flatMap((name) => {
    const [, size, file] = /^hugetlb\.(\d+[KMG]B)\.(\w+)$/.exec(name) ?? [];
    return size !== undefined && file === suffix ? [size] : [];
  });
  return Object.fromEntries(
    sizes.map((size) => {
      const count = (file: string) => files.counter(`hugetlb.${size}.${file}`) ?? 0n;
      const amounts: Amounts = files.isV1
        ? { usage: count('usage_in_bytes'), max: count('max_usage_in_bytes'), failcnt: count('failcnt') }
        : { usage: count('current'), failcnt: files.keyed(`hugetlb.${size}.events`).get('max') ?? 0n };
      return [size, amounts];
    }),
  );
}

function readdirOptional(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // the container has just been removed
  }
}
