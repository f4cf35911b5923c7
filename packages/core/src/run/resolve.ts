import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, posix, resolve as resolvePath } from 'node:path';
import { capabilityNames, readCgroupHost, TcError } from '@tc/linux';
import { normaliseLimits } from '../cgroups/limits.ts';
import type { CgroupManager } from '../cgroups/manager.ts';
import type { CgroupPlan } from '../cgroups/plan.ts';
import { selectCgroupManager } from '../cgroups/select.ts';
import type { LaunchSpec, MountSpec, NamespaceSpec, RootfsSpec } from '../launch/spec.ts';
import { capabilityNumber, defaultCapabilities, maskedPaths, readonlyPaths } from '../security/defaults.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { parseDuration } from './duration.ts';
import type { Mount, RootfsOptions, RunOptions } from './options.ts';

/** A container that is ready to be launched. */
export interface Resolved {
  readonly spec: LaunchSpec;
  /** Undefined without cgroups. */
  readonly cgroups: CgroupManager | undefined;
  readonly warnings: readonly string[];
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Checks everything that can be checked before a process starts, and fills the defaults in. @throws TcError */
export function resolveRun(command: readonly string[], options: RunOptions): Resolved {
  if (command.length === 0 || command[0] === '') {
    invalid(
      'the command is empty',
      'run a container',
      'Name the program to run: run(["sh", "-c", "..."], ...).',
    );
  }
  const id = options.name ?? randomName();
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/.test(id)) {
    invalid(
      `${JSON.stringify(id)} is not a name`,
      'name the container',
      'Use up to 64 letters, digits, ".", "_" and "-", and start with a letter or digit.',
    );
  }
  const rootfs = resolveRootfs(options.rootfs);
  const { cgroups, plan, warnings } = resolveCgroups(id, options);
  const { uid, gid } = parseUser(options.user ?? 0);
  const namespaces = resolveNamespaces(options);
  const hostname = namespaces.uts ? (options.hostname ?? id) : undefined;
  if (hostname !== undefined && (hostname.length === 0 || Buffer.byteLength(hostname) > 64)) {
    invalid(
      `${JSON.stringify(hostname)} is not a host name`,
      'set the host name',
      'It has 1 to 64 characters.',
    );
  }
  const cwd = options.cwd ?? '/';
  if (!isAbsolute(cwd)) {
    invalid(
      `${JSON.stringify(cwd)} is not absolute`,
      'set the working directory',
      'Give a path that starts with /.',
    );
  }
  const spec: LaunchSpec = {
    id,
    runtimeDirectory: runtimeDirectory(),
    namespaces,
    hostname,
    rootfs,
    mounts: (options.mounts ?? []).map(resolveMount),
    cgroup: plan,
    process: {
      argv: command,
      env: environment(options.env ?? {}, uid, hostname),
      cwd: posix.normalize(cwd),
      uid,
      gid,
      additionalGids: [],
      umask: options.umask ?? 0o022,
      capabilities: resolveCapabilities(options, rootfs),
      maskedPaths,
      readonlyPaths,
    },
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'set the timeout'),
  };
  return { spec, cgroups, warnings };
}

/** 12 hexadecimal digits from the kernel: loading node:crypto for them would take longer than a container. */
function randomName(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').replaceAll('-', '').slice(0, 12);
}

function invalid(problem: string, operation: string, hint: string): never {
  throw new TcError(problem, { code: 'INVALID_OPTION', operation, hint });
}

function resolveRootfs(rootfs: string | RootfsOptions): RootfsSpec {
  const options = typeof rootfs === 'string' ? { path: rootfs } : rootfs;
  const path = resolvePath(options.path);
  const operation = `use the root file system ${path}`;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new TcError('no such directory', {
      code: 'ROOTFS_NOT_FOUND',
      operation,
      path,
      hint: 'Give the directory of a root file system; hostRootfs() of @tc/images makes one.',
    });
  }
  if (!stats.isDirectory()) {
    throw new TcError('not a directory', {
      code: 'ROOTFS_NOT_A_DIRECTORY',
      operation,
      path,
      hint: 'An archive must be unpacked first.',
    });
  }
  return { path, mode: options.mode ?? 'rw', enter: options.enter ?? 'pivot_root' };
}

function resolveMount(mount: string | Mount): MountSpec {
  const operation = `mount ${typeof mount === 'string' ? mount : `${mount.source}:${mount.target}`}`;
  const {
    source,
    target,
    readOnly = false,
  } = typeof mount === 'string' ? parseMount(mount, operation) : mount;
  if (!isAbsolute(target) || posix.normalize(target) === '/') {
    invalid(
      `${JSON.stringify(target)} can't be a mount point`,
      operation,
      'The target is an absolute path, not /.',
    );
  }
  const path = resolvePath(source);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new TcError(`${path} does not exist`, {
      code: 'MOUNT_SOURCE_NOT_FOUND',
      operation,
      path,
      hint: 'Make the directory or file first: a bind mount needs a source.',
    });
  }
  return {
    source: path,
    target: posix.normalize(target).replace(/\/$/, ''),
    readOnly,
    sourceType: stats.isDirectory() ? 'directory' : 'file',
  };
}

function parseMount(text: string, operation: string): Mount {
  const [source, target, mode, ...rest] = text.split(':');
  const known = mode === undefined || mode === 'ro' || mode === 'rw';
  if (!source || !target || !known || rest.length > 0) {
    invalid('not a mount', operation, 'Write SOURCE:TARGET, or SOURCE:TARGET:ro.');
  }
  return { source, target, readOnly: mode === 'ro' };
}

function resolveNamespaces(options: RunOptions): NamespaceSpec {
  const { user, time, uts } = options.namespaces ?? {};
  const uid = process.geteuid?.() ?? 0;
  const single = { uidMap: `0 ${uid} 1`, gidMap: `0 ${process.getegid?.() ?? 0} 1` };
  const maps =
    typeof user === 'object' ? user : user === true || (user === undefined && uid !== 0) ? single : undefined;
  return {
    uts: uts !== 'host',
    net: options.network !== 'host',
    cgroup: true,
    user: maps === undefined ? undefined : { ...maps, denySetgroups: uid !== 0 },
    time:
      time === undefined
        ? undefined
        : { offsets: `monotonic ${time.monotonicSeconds ?? 0} 0\nboottime ${time.boottimeSeconds ?? 0} 0\n` },
  };
}

function resolveCgroups(id: string, options: RunOptions) {
  const limits = normaliseLimits(options.limits ?? {});
  const limited = Object.values(limits).some((limit) => limit !== undefined);
  if (options.cgroups === 'disabled') {
    if (limited)
      invalid('limits need cgroups', 'set limits', 'Leave out either the limits or cgroups: "disabled".');
    return { cgroups: undefined, plan: undefined, warnings: [] };
  }
  // An ordinary user owns no cgroup; without limits the container runs without one.
  if (!limited && process.geteuid?.() !== 0) return { cgroups: undefined, plan: undefined, warnings: [] };
  const cgroups = currentManager();
  const { plan, warnings }: { plan: CgroupPlan; warnings: string[] } = cgroups.plan({
    id,
    limits,
    parent: options.cgroupParent,
    onUnsupported: options.onUnsupported,
  });
  return { cgroups, plan, warnings };
}

let manager: CgroupManager | undefined;

/** Where cgroups are mounted does not change while a process runs. */
function currentManager(): CgroupManager {
  manager ??= selectCgroupManager(readCgroupHost());
  return manager;
}

/**
 * `uid` or `uid:gid`, at most 2^31 - 1: a greater one wraps to another user in some call or other
 * (CVE-2024-40635).
 */
function parseUser(user: string | number): { uid: number; gid: number } {
  const match = /^(0|[1-9]\d{0,9})(?::(0|[1-9]\d{0,9}))?$/.exec(String(user));
  const [uid, gid] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || uid > 0x7fffffff || gid > 0x7fffffff) {
    invalid(
      `${JSON.stringify(user)} is not a user`,
      'set the user',
      'Give uid or uid:gid as numbers up to 2147483647.',
    );
  }
  return { uid, gid };
}

function resolveCapabilities(options: RunOptions, rootfs: RootfsSpec): number[] {
  const names = options.capabilities ?? defaultCapabilities;
  for (const name of names) {
    if (!capabilityNames.includes(name)) {
      invalid(
        `${JSON.stringify(name)} is not a capability`,
        'set the capabilities',
        'Names are as in capabilities(7).',
      );
    }
  }
  const allowed = names.filter((name) => rootfs.enter === 'pivot_root' || name !== 'CAP_SYS_CHROOT');
  return allowed.map(capabilityNumber);
}

function environment(
  env: NonNullable<RunOptions['env']>,
  uid: number,
  hostname: string | undefined,
): string[] {
  const defaults = { PATH: defaultPath, HOME: uid === 0 ? '/root' : '/', HOSTNAME: hostname };
  return Object.entries({ ...defaults, ...env })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => {
      if (key === '' || key.includes('=')) {
        invalid(`${JSON.stringify(key)} is not a variable`, 'set the environment', 'Names have no "=".');
      }
      return `${key}=${value}`;
    });
}
