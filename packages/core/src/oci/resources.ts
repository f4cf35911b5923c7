/** linux.resources, read: config-linux.md, "Control groups". `resource-writes.ts` has what becomes of it. */

import type { DeviceRule } from '../security/devices/rules.ts';
import { amount, Fields, flag, listOf, mapOf, oneOf, refuse, text, unsupported, whole } from './json.ts';

export interface Resources {
  readonly memory: Readonly<Partial<Record<MemoryKey, number>>> & {
    readonly disableOOMKiller?: boolean;
    /** An update to less than what is in use is refused. */
    readonly checkBeforeUpdate?: boolean;
  };
  readonly cpu: Readonly<Partial<Record<CpuKey, number>>> & {
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pidsLimit: number | undefined;
  readonly blockIO: BlockIo;
  readonly hugepageLimits: readonly { readonly pageSize: string; readonly limit: number }[];
  readonly devices: readonly DeviceRule[];
  readonly network: NetworkResources;
  /** Files of version 2, as they are. */
  readonly unified: Readonly<Record<string, string>>;
}

type MemoryKey = 'limit' | 'reservation' | 'swap' | 'swappiness';
type CpuKey = 'shares' | 'quota' | 'period' | 'burst' | 'idle';

export interface BlockIo {
  readonly weight: number | undefined;
  readonly throttles: readonly {
    readonly kind: ThrottleKind;
    readonly device: string;
    readonly rate: number;
  }[];
}
type ThrottleKind = 'ReadBps' | 'WriteBps' | 'ReadIOPS' | 'WriteIOPS';

export function readResources(value: unknown, at: string): Resources {
  const resources = new Fields(value, at);
  resources.refuse('rdma');
  return {
    memory: readMemory(resources.fields('memory')),
    cpu: readCpu(resources.fields('cpu')),
    pidsLimit: resources.fields('pids')?.optional('limit', amount),
    blockIO: readBlockIo(resources.fields('blockIO')),
    hugepageLimits: resources.optional('hugepageLimits', listOf(readHugepages)) ?? [],
    devices: resources.optional('devices', listOf(readDeviceRule)) ?? [],
    network: readNetwork(resources.fields('network')),
    unified: resources.optional('unified', mapOf(text)) ?? {},
  };
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function readMemory(memory: Fields | undefined): Resources['memory'] {
  if (memory === undefined) return {};
  for (const key of ['kernel', 'kernelTCP']) {
    const limit = memory.optional(key, amount) ?? 0;
    if (limit > 0) unsupported(memory.at(key), 'is not supported: kernels since 5.16 ignore it');
  }
  return defined({
    limit: nonZero(memory.optional('limit', amount)),
    reservation: nonZero(memory.optional('reservation', amount)),
    swap: nonZero(memory.optional('swap', amount)),
    swappiness: memory.optional('swappiness', whole(0, 200)),
    disableOOMKiller: memory.optional('disableOOMKiller', flag) || undefined,
    checkBeforeUpdate: memory.optional('checkBeforeUpdate', flag) || undefined,
  });
}

/** 0 is Go’s way to leave a number out. */
const nonZero = (value: number | undefined) => (value === 0 ? undefined : value);

function readCpu(cpu: Fields | undefined): Resources['cpu'] {
  if (cpu === undefined) return {};
  for (const key of ['realtimeRuntime', 'realtimePeriod'])
    if ((cpu.optional(key, amount) ?? 0) > 0) unsupported(cpu.at(key));
  return defined({
    shares: nonZero(cpu.optional('shares', whole(0))),
    quota: nonZero(cpu.optional('quota', amount)),
    period: nonZero(cpu.optional('period', whole(0))),
    burst: cpu.optional('burst', whole(0)),
    idle: cpu.optional('idle', whole(0, 1)),
    cpus: cpu.optional('cpus', text) || undefined,
    mems: cpu.optional('mems', text) || undefined,
  });
}

function readBlockIo(io: Fields | undefined): BlockIo {
  if (io === undefined) return { weight: undefined, throttles: [] };
  io.refuse('weightDevice');
  if ((io.optional('leafWeight', whole(0)) ?? 0) > 0) unsupported(io.at('leafWeight'));
  const throttles = (['ReadBps', 'WriteBps', 'ReadIOPS', 'WriteIOPS'] as const).flatMap((kind) => {
    const read = (value: unknown, at: string) => {
      const device = new Fields(value, at);
      const number = `${device.required('major', whole(0))}:${device.required('minor', whole(0))}`;
      return { kind, device: number, rate: device.required('rate', whole(0)) };
    };
    return io.optional(`throttle${kind}Device`, listOf(read)) ?? [];
  });
  return { weight: nonZero(io.optional('weight', whole(0, 1000))), throttles };
}

export interface NetworkResources {
  readonly classID: number | undefined;
  readonly priorities: readonly { readonly name: string; readonly priority: number }[];
}

function readNetwork(network: Fields | undefined): NetworkResources {
  const read = (value: unknown, at: string) => {
    const priority = new Fields(value, at);
    const name = priority.required('name', text);
    if (!/^[^\s/]{1,15}$/.test(name)) refuse(priority.at('name'), 'is no name of a network interface');
    return { name, priority: priority.required('priority', whole(0, 2 ** 32 - 1)) };
  };
  return {
    classID: nonZero(network?.optional('classID', whole(0, 2 ** 32 - 1))),
    priorities: network?.optional('priorities', listOf(read)) ?? [],
  };
}

function readHugepages(value: unknown, at: string): Resources['hugepageLimits'][number] {
  const limit = new Fields(value, at);
  return { pageSize: limit.required('pageSize', text), limit: limit.required('limit', whole(0)) };
}

function readDeviceRule(value: unknown, at: string): DeviceRule {
  const rule = new Fields(value, at);
  const number = (key: string) => {
    const found = rule.optional(key, whole(-1, 0xfffff));
    return found === -1 ? undefined : found;
  };
  return {
    allow: rule.required('allow', flag),
    type: rule.optional('type', oneOf('a', 'c', 'b', '')) || 'a',
    major: number('major'),
    minor: number('minor'),
    access: rule.optional('access', text) || 'rwm',
  };
}
