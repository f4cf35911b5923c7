/** `linux` of config.json: config-linux.md. */
import type { NamespaceType } from '../../launch/bundle-spec.ts';
import type { SeccompProfile } from '../../security/seccomp/profile.ts';
import { readSeccompProfile } from '../../security/seccomp/read-profile.ts';
import {
  absolute,
  Fields,
  id,
  listOf,
  mapOf,
  nonEmpty,
  object,
  oneOf,
  refuse,
  text,
  whole,
} from '../json.ts';
import { type Resources, readResources } from '../resources.ts';

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
  /** A SELinux context for the files of what is mounted. */
  readonly mountLabel: string | undefined;
  readonly timeOffsets: Readonly<Partial<Record<Clock, OciTimeOffset>>>;
}

const clocks = ['monotonic', 'boottime'] as const;
type Clock = (typeof clocks)[number];

export interface OciTimeOffset {
  readonly secs: number;
  readonly nanosecs: number;
}

const namespaceTypes = ['user', 'ipc', 'uts', 'network', 'pid', 'mount', 'cgroup', 'time'] as const;

export function readLinux(value: unknown): OciLinux {
  const linux = new Fields(value, 'linux');
  linux.refuse('intelRdt', 'netDevices', 'memoryPolicy');
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
    mountLabel: nonEmpty(linux.optional('mountLabel', text)),
    timeOffsets: readTimeOffsets(linux.fields('timeOffsets')),
  };
}

/** time_namespaces(7) */
function readTimeOffsets(offsets: Fields | undefined): OciLinux['timeOffsets'] {
  const entries = clocks.flatMap((clock) => {
    const offset = offsets?.fields(clock);
    if (offset === undefined) return [];
    const most = Number.MAX_SAFE_INTEGER;
    const secs = offset.optional('secs', whole(-most, most)) ?? 0;
    const nanosecs = offset.optional('nanosecs', whole(0, 999_999_999)) ?? 0;
    return [[clock, { secs, nanosecs }] as const];
  });
  return Object.fromEntries(entries);
}

function readNamespace(value: unknown, at: string): OciLinux['namespaces'][number] {
  const namespace = new Fields(value, at);
  return {
    type: namespace.required('type', oneOf(...namespaceTypes)),
    path: nonEmpty(namespace.optional('path', text)),
  };
}

export function readIdMapping(value: unknown, at: string): OciIdMapping {
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
