import { readFileSync } from 'node:fs';
import type { CgroupManager } from '../cgroups/manager.ts';
import type { LaunchSpec } from '../launch/spec.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { parseDuration } from './duration.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';
import { resolveCgroups } from './resolve-cgroups.ts';
import { resolveMount } from './resolve-mounts.ts';
import { resolveNamespaces } from './resolve-namespaces.ts';
import { resolveProcess } from './resolve-process.ts';
import { resolveRootfs } from './resolve-rootfs.ts';

/** A container that is ready to be launched. */
export interface Resolved {
  readonly spec: LaunchSpec;
  /** Undefined without cgroups. */
  readonly cgroups: CgroupManager | undefined;
  readonly warnings: readonly string[];
}

/** Checks everything that can be checked before a process starts, and fills the defaults in. @throws TcError */
export function resolveRun(command: readonly string[], options: RunOptions): Resolved {
  const id = checkName(options.name ?? randomName());
  const rootfs = resolveRootfs(options.rootfs);
  const namespaces = resolveNamespaces(options);
  const hostname = namespaces.uts ? checkHostname(options.hostname ?? id) : undefined;
  const process = resolveProcess(command, options, { rootfs, namespaces, hostname });
  const { manager, plan, warnings } = resolveCgroups(id, options);
  const spec: LaunchSpec = {
    id,
    runtimeDirectory: runtimeDirectory(),
    namespaces,
    hostname,
    rootfs,
    mounts: (options.mounts ?? []).map(resolveMount),
    cgroup: plan,
    process,
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'set the timeout'),
  };
  return { spec, cgroups: manager, warnings };
}

/** 12 hexadecimal digits from the kernel: loading node:crypto for them would take longer than a container. */
function randomName(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').replaceAll('-', '').slice(0, 12);
}

function checkName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/.test(name)) return name;
  const hint = 'Use up to 64 letters, digits, ".", "_" and "-", and start with a letter or digit.';
  invalid(`${JSON.stringify(name)} is not a name`, 'name the container', hint);
}

function checkHostname(hostname: string): string {
  const length = Buffer.byteLength(hostname); // sethostname(2): at most HOST_NAME_MAX, 64
  if (length >= 1 && length <= 64) return hostname;
  invalid(
    `${JSON.stringify(hostname)} is not a host name`,
    'set the host name',
    'It has 1 to 64 characters.',
  );
}
