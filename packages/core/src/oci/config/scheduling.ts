/** process.scheduler, process.ioPriority, process.execCPUAffinity: config.md, "Linux Process". */
import { parseCpuList } from '@tc/linux';
import { Fields, listOf, oneOf, refuse, text, whole } from '../json.ts';

/** sched(7); the numbers are those of linux/sched.h. */
const policies = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
} as const;
const flags = {
  SCHED_FLAG_RESET_ON_FORK: 0x01,
  SCHED_FLAG_RECLAIM: 0x02,
  SCHED_FLAG_DL_OVERRUN: 0x04,
  SCHED_FLAG_KEEP_POLICY: 0x08,
  SCHED_FLAG_KEEP_PARAMS: 0x10,
  SCHED_FLAG_UTIL_CLAMP_MIN: 0x20,
  SCHED_FLAG_UTIL_CLAMP_MAX: 0x40,
} as const;

const namesOf = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];

/** @returns struct sched_attr: sched_setattr(2) */
export function readScheduler(value: unknown, at: string): Uint8Array {
  const scheduler = new Fields(value, at);
  const policy = scheduler.required('policy', oneOf(...namesOf(policies)));
  const given = scheduler.optional('flags', listOf(oneOf(...namesOf(flags)))) ?? [];
  const attributes = Buffer.alloc(48);
  const time = (key: string) => BigInt(scheduler.optional(key, whole(0)) ?? 0);
  attributes.writeUInt32LE(attributes.length, 0);
  attributes.writeUInt32LE(policies[policy], 4);
  attributes.writeBigUInt64LE(BigInt([...new Set(given)].reduce((sum, name) => sum + flags[name], 0)), 8);
  attributes.writeInt32LE(scheduler.optional('nice', whole(-20, 19)) ?? 0, 16);
  attributes.writeUInt32LE(scheduler.optional('priority', whole(0, 99)) ?? 0, 20);
  attributes.writeBigUInt64LE(time('runtime'), 24);
  attributes.writeBigUInt64LE(time('deadline'), 32);
  attributes.writeBigUInt64LE(time('period'), 40);
  return attributes;
}

const ioClasses = { IOPRIO_CLASS_RT: 1, IOPRIO_CLASS_BE: 2, IOPRIO_CLASS_IDLE: 3 } as const;

/** @returns as ioprio_set(2) takes it: the class in the bits from 13 on */
export function readIoPriority(value: unknown, at: string): number {
  const priority = new Fields(value, at);
  const name = priority.required('class', oneOf(...namesOf(ioClasses)));
  return ioClasses[name] * 2 ** 13 + (priority.optional('priority', whole(0, 7)) ?? 0);
}

export interface CpuAffinity {
  /** Sets as sched_setaffinity(2) takes them: before the cgroups are joined, and after that. */
  readonly initial: Uint8Array | undefined;
  readonly final: Uint8Array | undefined;
}

export function readCpuAffinity(value: unknown, at: string): CpuAffinity {
  const affinity = new Fields(value, at);
  const read = (key: string) => {
    const list = affinity.optional(key, text);
    return list === undefined || list === '' ? undefined : maskOf(list, affinity.at(key));
  };
  return { initial: read('initial'), final: read('final') };
}

/** As many CPUs as any kernel has: CONFIG_NR_CPUS. */
const mostCpus = 8192;

function maskOf(list: string, at: string): Uint8Array {
  let cpus: readonly number[];
  try {
    cpus = parseCpuList(list);
  } catch {
    return refuse(at, `is no list of CPUs: ${JSON.stringify(list)}`);
  }
  const mask = new Uint8Array(mostCpus / 8);
  for (const cpu of cpus) {
    if (cpu >= mostCpus) refuse(at, `has a CPU that no machine has: ${cpu}`);
    mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  }
  return mask;
}
