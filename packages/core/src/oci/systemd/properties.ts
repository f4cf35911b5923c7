/**
 * What is written to cgroup files, as properties of a unit: systemd writes the files of its units anew when something
 * of them changes, and would undo what it does not know. systemd.resource-control(5), org.freedesktop.systemd1(5). Pure.
 */
import { parseCpuList } from '@tc/linux';
import type { ResourceWrite } from '../resource-writes.ts';
import type { Value, Variant } from './dbus/wire.ts';

export type Property = readonly [name: string, value: Variant];

export const property = (name: string, signature: string, value: Value): Property => [
  name,
  { signature, value },
];

const infinity = 2n ** 64n - 1n;
const amount = (text: string): bigint => (text === 'max' ? infinity : BigInt(text));
const number = (name: string) => (text: string) => [property(name, 't', amount(text))];

/** By file of version 2. Whatever is not here is in the file alone, where systemd leaves it. */
const byFile: Readonly<Record<string, (text: string) => Property[]>> = {
  'memory.max': number('MemoryMax'),
  'memory.high': number('MemoryHigh'),
  'memory.low': number('MemoryLow'),
  'memory.min': number('MemoryMin'),
  'memory.swap.max': number('MemorySwapMax'),
  'pids.max': number('TasksMax'),
  'cpu.weight': number('CPUWeight'),
  'cpu.max': cpuMax,
  'cpuset.cpus': (text) => [property('AllowedCPUs', 'ay', bitmask(text))],
  'cpuset.mems': (text) => [property('AllowedMemoryNodes', 'ay', bitmask(text))],
};

/** systemd keeps whole percents of a CPU: rounded up, so that it never gives less than the file does. */
const percentUsec = 10_000n;

/** `QUOTA PERIOD`, or one of them: cgroup-v2.rst */
function cpuMax(text: string): Property[] {
  const [quota = 'max', period = '100000'] = text.trim().split(/\s+/);
  const periodUsec = BigInt(period);
  const perSecond = quota === 'max' ? infinity : (BigInt(quota) * 1_000_000n) / periodUsec;
  const rounded = quota === 'max' ? infinity : ((perSecond + percentUsec - 1n) / percentUsec) * percentUsec;
  return [property('CPUQuotaPerSecUSec', 't', rounded), property('CPUQuotaPeriodUSec', 't', periodUsec)];
}

/** The first byte has CPUs 0 to 7, the lowest bit CPU 0. */
function bitmask(list: string): number[] {
  const bytes: number[] = [];
  for (const cpu of parseCpuList(list)) {
    const index = cpu >> 3;
    while (bytes.length <= index) bytes.push(0);
    bytes[index] = (bytes[index] ?? 0) | (1 << (cpu & 7));
  }
  return bytes;
}

export function limitProperties(writes: readonly ResourceWrite[]): Property[] {
  return writes.flatMap(({ file, value }) => {
    if (!Object.hasOwn(byFile, file)) return [];
    try {
      return byFile[file]?.(value) ?? [];
    } catch {
      return []; // no number: the kernel says so of the file
    }
  });
}
