/**
 * config.json of an OCI bundle: runtime-spec 1.2, config.md and config-linux.md. Fields that nobody knows are passed
 * over, as the specification demands; those that it knows and this runtime lacks are errors that name them.
 */
import { type CapabilityName, capabilityNames } from '@tc/linux';
import type { NamespaceType } from '../launch/bundle-spec.ts';
import type { SeccompProfile } from '../security/seccomp/profile.ts';
import { readSeccompProfile } from '../security/seccomp/read-profile.ts';
import { absolute, Fields, flag, listOf, mapOf, object, oneOf, refuse, text, whole } from './json.ts';
import { type Resources, readResources } from './resources.ts';

export interface OciConfig {
  readonly ociVersion: string;
  /** Absent: a container that only holds namespaces can't be started. */
  readonly process: OciProcess | undefined;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly mounts: readonly OciMount[];
  readonly hooks: OciHooks;
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux: OciLinux;
}

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
}

export type CapabilitySetName = 'bounding' | 'effective' | 'permitted' | 'inheritable' | 'ambient';

export interface OciMount {
  readonly destination: string;
  readonly type: string | undefined;
  readonly source: string | undefined;
  readonly options: readonly string[];
}

export interface OciHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly timeoutSeconds: number | undefined;
}

export type HookName = 'prestart' | 'createRuntime' | 'poststart' | 'poststop';
export type OciHooks = Readonly<Record<HookName, readonly OciHook[]>>;

export interface OciIdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface OciDevice {
  readonly type: 'c' | 'b' | 'p';
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface OciLinux {
  readonly namespaces: readonly { readonly type: NamespaceType; readonly path: string | undefined }[];
  readonly uidMappings: readonly OciIdMapping[];
  readonly gidMappings: readonly OciIdMapping[];
  readonly devices: readonly OciDevice[];
  readonly cgroupsPath: string | undefined;
  readonly resources: Resources;
  readonly sysctl: Readonly<Record<string, string>>;
  readonly seccomp: SeccompProfile | undefined;
  readonly rootfsPropagation: 'private' | 'slave' | 'shared' | 'unbindable' | undefined;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly personality: number | undefined;
}

/** @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD, INVALID_SECCOMP */
export function readOciConfig(value: unknown): OciConfig {
  const config = new Fields(value, '');
  const ociVersion = config.required('ociVersion', text);
  if (!/^1\.\d+\.\d+/.test(ociVersion)) refuse('ociVersion', `is ${JSON.stringify(ociVersion)}, and not 1.x`);
  config.refuse('solaris', 'windows', 'vm', 'zos', 'freebsd');
  const root = config.fields('root') ?? refuse('root', 'is missing');
  return {
    ociVersion,
    process: config.optional('process', readOciProcess),
    root: {
      path: root.required('path', text),
      readonly: root.optional('readonly', flag) ?? false,
    },
    hostname: nonEmpty(config.optional('hostname', text)),
    domainname: nonEmpty(config.optional('domainname', text)),
    mounts: config.optional('mounts', listOf(readMount)) ?? [],
    hooks: readHooks(config.raw('hooks')),
    annotations: config.optional('annotations', mapOf(text)) ?? {},
    linux: readLinux(config.raw('linux') ?? {}),
  };
}

const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value);
const id = whole(0, 0x7fffffff); // greater ones wrap in some call or other (CVE-2024-40635)

export function readOciProcess(value: unknown, at: string): OciProcess {
  const process = new Fields(value, at);
  process.refuse('scheduler', 'ioPriority', 'execCPUAffinity');
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

function readMount(value: unknown, at: string): OciMount {
  const mount = new Fields(value, at);
  mount.refuse('uidMappings', 'gidMappings');
  return {
    destination: mount.required('destination', text),
    type: nonEmpty(mount.optional('type', text)),
    source: nonEmpty(mount.optional('source', text)),
    options: mount.optional('options', listOf(text)) ?? [],
  };
}

function readHooks(value: unknown): OciHooks {
  const hooks = new Fields(value ?? {}, 'hooks');
  hooks.refuse('createContainer', 'startContainer');
  const read = (name: HookName) => hooks.optional(name, listOf(readHook)) ?? [];
  return {
    prestart: read('prestart'),
    createRuntime: read('createRuntime'),
    poststart: read('poststart'),
    poststop: read('poststop'),
  };
}

function readHook(value: unknown, at: string): OciHook {
  const hook = new Fields(value, at);
  const path = hook.required('path', absolute);
  return {
    path,
    args: hook.optional('args', listOf(text)) ?? [path],
    env: hook.optional('env', listOf(text)) ?? [],
    timeoutSeconds: hook.optional('timeout', whole(1)),
  };
}

const namespaceTypes = ['user', 'ipc', 'uts', 'network', 'pid', 'mount', 'cgroup', 'time'] as const;

function readLinux(value: unknown): OciLinux {
  const linux = new Fields(value, 'linux');
  linux.refuse('mountLabel', 'intelRdt', 'timeOffsets', 'netDevices', 'memoryPolicy');
  const namespaces = linux.optional('namespaces', listOf(readNamespace)) ?? [];
  for (const { type } of namespaces) {
    if (namespaces.filter((each) => each.type === type).length > 1)
      refuse('linux.namespaces', `has the type ${type} twice`);
  }
  const seccomp = linux.optional('seccomp', object);
  return {
    namespaces,
    uidMappings: linux.optional('uidMappings', listOf(readIdMapping)) ?? [],
    gidMappings: linux.optional('gidMappings', listOf(readIdMapping)) ?? [],
    devices: linux.optional('devices', listOf(readDevice)) ?? [],
    cgroupsPath: nonEmpty(linux.optional('cgroupsPath', text)),
    resources: readResources(linux.raw('resources') ?? {}, 'linux.resources'),
    sysctl: linux.optional('sysctl', mapOf(text)) ?? {},
    seccomp: seccomp === undefined ? undefined : readSeccompProfile(seccomp),
    rootfsPropagation: readPropagation(linux.optional('rootfsPropagation', text)),
    maskedPaths: linux.optional('maskedPaths', listOf(absolute)) ?? [],
    readonlyPaths: linux.optional('readonlyPaths', listOf(absolute)) ?? [],
    personality: linux.optional('personality', readPersonality),
  };
}

function readNamespace(value: unknown, at: string): OciLinux['namespaces'][number] {
  const namespace = new Fields(value, at);
  return {
    type: namespace.required('type', oneOf(...namespaceTypes)),
    path: nonEmpty(namespace.optional('path', text)),
  };
}

function readIdMapping(value: unknown, at: string): OciIdMapping {
  const mapping = new Fields(value, at);
  const number = whole(0, 2 ** 32 - 1);
  return {
    containerID: mapping.required('containerID', number),
    hostID: mapping.required('hostID', number),
    size: mapping.required('size', number),
  };
}

function readDevice(value: unknown, at: string): OciDevice {
  const device = new Fields(value, at);
  const type = device.required('type', oneOf('c', 'u', 'b', 'p'));
  const number = (key: string) =>
    type === 'p' ? (device.optional(key, whole(0)) ?? 0) : device.required(key, whole(0, 0xfffff));
  return {
    type: type === 'u' ? 'c' : type,
    path: device.required('path', absolute),
    major: number('major'),
    minor: number('minor'),
    fileMode: (device.optional('fileMode', whole(0)) ?? 0o666) & 0o7777,
    uid: device.optional('uid', id) ?? 0,
    gid: device.optional('gid', id) ?? 0,
  };
}

function readPropagation(value: string | undefined): OciLinux['rootfsPropagation'] {
  if (value === undefined || value === '') return undefined;
  const name = value.replace(/^r(?=private|slave|shared|unbindable)/, '');
  return oneOf('private', 'slave', 'shared', 'unbindable')(name, 'linux.rootfsPropagation');
}

/** PER_LINUX, PER_LINUX32: sys/personality.h */
function readPersonality(value: unknown, at: string): number {
  const personality = new Fields(value, at);
  personality.refuse('flags');
  return personality.required('domain', oneOf('LINUX', 'LINUX32')) === 'LINUX' ? 0 : 8;
}
