import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { landlockAbi, readCgroupHost, readOptional } from '@tc/linux';
import { findDelegations } from '../cgroups/delegation.ts';
import { hostFacts } from '../cgroups/facts.ts';
import { findIdMapHelpers } from '../launch/map-ids.ts';
import { cgroups, delegation, limits } from './cgroup-checks.ts';
import type { HostCheck, HostFacts } from './host-check.ts';
import {
  architecture,
  kernel,
  landlock,
  memoryFiles,
  namespaces,
  overlay,
  seccomp,
  tracing,
  watches,
} from './kernel-checks.ts';
import { idMaps, userNamespaces } from './user-checks.ts';

/** In the order in which they are told. */
const checks: readonly ((facts: HostFacts) => HostCheck)[] = [
  ...[kernel, architecture, cgroups, limits, delegation, namespaces, userNamespaces, idMaps],
  ...[seccomp, landlock, overlay, memoryFiles, tracing, watches],
];

/** Whether this machine has what containers need, for the user that asks. Changes nothing. */
export function checkHost(facts: HostFacts = thisHost()): HostCheck[] {
  return checks.map((check) => check(facts));
}

function thisHost(): HostFacts {
  const cgroupHost = readCgroupHost();
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    arch: process.arch,
    release: release(),
    cgroups: cgroupHost,
    read: readIfAllowed,
    exists: existsSync,
    landlockAbi,
    helpers: findIdMapHelpers,
    delegated: () => cgroupHost.v2 && findDelegations(cgroupHost.v2.mountPoint, hostFacts)[0]?.controllers,
  };
}

function readIfAllowed(path: string): string | undefined {
  try {
    return readOptional(path);
  } catch {
    return undefined;
  }
}
