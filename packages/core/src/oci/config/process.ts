/** `process` of config.json, and what `exec --process` is given: config.md, "Process". */
import { type CapabilityName, capabilityNames } from '@tc/linux';
import { absolute, Fields, flag, id, listOf, nonEmpty, oneOf, refuse, text, whole } from '../json.ts';
import { type CpuAffinity, readCpuAffinity, readIoPriority, readScheduler } from './scheduling.ts';

export interface OciProcess {
  readonly terminal: boolean;
  readonly consoleSize: { readonly width: number; readonly height: number } | undefined;
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly umask: number | undefined;
    readonly additionalGids: readonly number[];
  };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: Readonly<Record<CapabilitySetName, readonly CapabilityName[]>>;
  readonly rlimits: readonly { readonly type: string; readonly soft: number; readonly hard: number }[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj: number | undefined;
  readonly apparmorProfile: string | undefined;
  readonly selinuxLabel: string | undefined;
  /** struct sched_attr */
  readonly scheduler: Uint8Array | undefined;
  /** ioprio_set(2) */
  readonly ioPriority: number | undefined;
  /** Of `exec` alone. */
  readonly execCPUAffinity: CpuAffinity | undefined;
}

export type CapabilitySetName = 'bounding' | 'effective' | 'permitted' | 'inheritable' | 'ambient';

export function readOciProcess(value: unknown, at: string): OciProcess {
  const process = new Fields(value, at);
  const user = process.fields('user');
  const size = process.fields('consoleSize');
  const args = process.optional('args', listOf(text)) ?? [];
  if (args.length === 0 || args[0] === '') refuse(process.at('args'), 'is empty');
  const height = size?.required('height', whole(0, 0xffff)) ?? 0;
  const width = size?.required('width', whole(0, 0xffff)) ?? 0;
  return {
    terminal: process.optional('terminal', flag) ?? false,
    consoleSize: height > 0 && width > 0 ? { height, width } : undefined,
    user: {
      uid: user?.optional('uid', id) ?? 0,
      gid: user?.optional('gid', id) ?? 0,
      umask: user?.optional('umask', whole(0, 0o777)),
      additionalGids: user?.optional('additionalGids', listOf(id)) ?? [],
    },
    args,
    env: process.optional('env', listOf(text)) ?? [],
    cwd: process.required('cwd', absolute),
    capabilities: readCapabilities(process.raw('capabilities') ?? {}, process.at('capabilities')),
    rlimits: process.optional('rlimits', listOf(readRlimit)) ?? [],
    noNewPrivileges: process.optional('noNewPrivileges', flag) ?? false,
    oomScoreAdj: process.optional('oomScoreAdj', whole(-1000, 1000)),
    apparmorProfile: nonEmpty(process.optional('apparmorProfile', text)),
    selinuxLabel: nonEmpty(process.optional('selinuxLabel', text)),
    scheduler: process.optional('scheduler', readScheduler),
    ioPriority: process.optional('ioPriority', readIoPriority),
    execCPUAffinity: process.optional('execCPUAffinity', readCpuAffinity),
  };
}

function readCapabilities(value: unknown, at: string): OciProcess['capabilities'] {
  const sets = new Fields(value, at);
  const read = (name: CapabilitySetName) =>
    sets.optional(name, listOf(oneOf<CapabilityName>(...capabilityNames))) ?? [];
  return {
    bounding: read('bounding'),
    effective: read('effective'),
    permitted: read('permitted'),
    inheritable: read('inheritable'),
    ambient: read('ambient'),
  };
}

function readRlimit(value: unknown, at: string): OciProcess['rlimits'][number] {
  const limit = new Fields(value, at);
  return {
    type: limit.required('type', text),
    soft: limit.required('soft', whole(0, 2 ** 64)),
    hard: limit.required('hard', whole(0, 2 ** 64)),
  };
}
