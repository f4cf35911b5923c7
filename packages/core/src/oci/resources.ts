/** linux.resources: read, and turned into what is written to cgroup files, of version 1 and 2. */

import { type DeviceRule, defaultDeviceRules } from '../security/devices/rules.ts';
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

export interface ResourceWrite {
  /** Of version 1 the controller whose directory it is in. */
  readonly controller: string;
  readonly file: string;
  readonly value: string;
  /** In a hierarchy that lacks the file nothing is lost: it says what holds anyway. */
  readonly optional?: boolean;
}

const unlimited = (value: number, word: string) => (value < 0 ? word : String(value));

/** Documentation/admin-guide/cgroup-v1. */
export function writesV1({ memory, cpu, ...resources }: Resources): ResourceWrite[] {
  const writes: ResourceWrite[] = [];
  const add = (controller: string, file: string, value: number | string | undefined, optional = false) => {
    if (value !== undefined)
      writes.push({ controller, file: `${controller}.${file}`, value: String(value), optional });
  };
  add('memory', 'limit_in_bytes', memory.limit);
  add('memory', 'memsw.limit_in_bytes', memory.swap, true);
  add('memory', 'soft_limit_in_bytes', memory.reservation);
  add('memory', 'swappiness', memory.swappiness);
  if (memory.disableOOMKiller) add('memory', 'oom_control', 1);
  add('cpu', 'shares', cpu.shares);
  add('cpu', 'cfs_period_us', cpu.period);
  add('cpu', 'cfs_quota_us', cpu.quota);
  add('cpu', 'cfs_burst_us', cpu.burst);
  add('cpu', 'idle', cpu.idle);
  add('cpuset', 'cpus', cpu.cpus);
  add('cpuset', 'mems', cpu.mems);
  if (resources.pidsLimit !== undefined && resources.pidsLimit !== 0)
    add('pids', 'max', unlimited(resources.pidsLimit, 'max'));
  add('blkio', 'bfq.weight', resources.blockIO.weight, true);
  for (const { kind, device, rate } of resources.blockIO.throttles)
    add('blkio', `throttle.${throttleFiles[kind]}_device`, `${device} ${rate}`);
  for (const { pageSize, limit } of resources.hugepageLimits)
    add('hugetlb', `${pageSize}.limit_in_bytes`, limit);
  add('net_cls', 'classid', resources.network.classID);
  for (const { name, priority } of resources.network.priorities)
    add('net_prio', 'ifpriomap', `${name} ${priority}`);
  if (Object.keys(resources.unified).length > 0)
    unsupported('linux.resources.unified', 'needs cgroup version 2');
  return writes;
}

const throttleFiles = {
  ReadBps: 'read_bps',
  WriteBps: 'write_bps',
  ReadIOPS: 'read_iops',
  WriteIOPS: 'write_iops',
} as const;
const maxKeys = { ReadBps: 'rbps', WriteBps: 'wbps', ReadIOPS: 'riops', WriteIOPS: 'wiops' } as const;

/** Documentation/admin-guide/cgroup-v2.rst; shares and weights are converted as runc and crun do. */
export function writesV2({ memory, cpu, ...resources }: Resources): ResourceWrite[] {
  const writes: ResourceWrite[] = [];
  const add = (controller: string, file: string, value: number | string | undefined, optional = false) => {
    if (value !== undefined)
      writes.push({ controller, file: `${controller}.${file}`, value: String(value), optional });
  };
  if (memory.swappiness !== undefined)
    unsupported('linux.resources.memory.swappiness', 'needs cgroup version 1');
  if (memory.disableOOMKiller)
    unsupported('linux.resources.memory.disableOOMKiller', 'needs cgroup version 1');
  if (resources.network.classID !== undefined || resources.network.priorities.length > 0)
    unsupported('linux.resources.network', 'needs cgroup version 1');
  if (memory.limit !== undefined) add('memory', 'max', unlimited(memory.limit, 'max'));
  add('memory', 'swap.max', swapMax(memory), true);
  if (memory.reservation !== undefined) add('memory', 'low', unlimited(memory.reservation, 'max'));
  if (cpu.shares !== undefined) add('cpu', 'weight', weightOfShares(cpu.shares));
  if (cpu.quota !== undefined || cpu.period !== undefined)
    add('cpu', 'max', `${unlimited(cpu.quota ?? -1, 'max')} ${cpu.period ?? 100_000}`);
  add('cpu', 'max.burst', cpu.burst);
  add('cpu', 'idle', cpu.idle);
  add('cpuset', 'cpus', cpu.cpus);
  add('cpuset', 'mems', cpu.mems);
  if (resources.pidsLimit !== undefined && resources.pidsLimit !== 0)
    add('pids', 'max', unlimited(resources.pidsLimit, 'max'));
  const { weight, throttles } = resources.blockIO;
  if (weight !== undefined) add('io', 'bfq.weight', weight, true);
  for (const { kind, device, rate } of throttles)
    add('io', 'max', `${device} ${maxKeys[kind]}=${rate || 'max'}`);
  for (const { pageSize, limit } of resources.hugepageLimits) add('hugetlb', `${pageSize}.max`, limit);
  for (const [file, value] of Object.entries(resources.unified)) {
    if (!/^[\w-]+\.[\w.-]+$/.test(file))
      unsupported(`linux.resources.unified[${JSON.stringify(file)}]`, 'is no file');
    writes.push({ controller: file.split('.')[0] ?? '', file, value });
  }
  return writes;
}

/** Version 2 counts swap alone, the specification with memory. */
function swapMax({ limit, swap }: Resources['memory']): string | undefined {
  if (swap === undefined) return undefined;
  if (swap < 0) return 'max';
  if (limit === undefined || limit < 0)
    return unsupported('linux.resources.memory.swap', 'needs linux.resources.memory.limit');
  return String(Math.max(swap - limit, 0));
}

/** 2..262144 to 1..10000 */
function weightOfShares(shares: number): number {
  const within = Math.min(Math.max(shares, 2), 262_144);
  return Math.trunc(1 + ((within - 2) * 9999) / 262_142);
}

/**
 * In their order, and last what every container may use, as runc has it. Undefined where there is none: nothing is
 * denied then.
 */
export function deviceRulesOf({ devices }: Resources): readonly DeviceRule[] | undefined {
  return devices.length === 0 ? undefined : [...devices, ...defaultDeviceRules];
}
