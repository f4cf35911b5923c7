/** linux.resources as what is written to cgroup files, of version 1 and 2. */
import { type DeviceRule, defaultDeviceRules } from '../security/devices/rules.ts';
import { unsupported } from './json.ts';
import type { Resources } from './resources.ts';

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
  if (weight !== undefined) {
    add('io', 'bfq.weight', weight, true);
    add('io', 'weight', weightOfBfq(weight), true); // what holds depends on the scheduler of each disk
  }
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

/** 10..1000 to 1..10000 */
function weightOfBfq(weight: number): number {
  return Math.trunc(1 + ((Math.max(weight, 10) - 10) * 9999) / 990);
}

/**
 * In their order, and last what every container may use, as runc has it. Undefined where there is none: nothing is
 * denied then.
 */
export function deviceRulesOf({ devices }: Resources): readonly DeviceRule[] | undefined {
  return devices.length === 0 ? undefined : [...devices, ...defaultDeviceRules];
}
