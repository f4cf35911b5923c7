import type { ContainerOptions, LandlockOptions, Rlimit } from '@tc/core';
import { option } from './run-words.ts';

/** The options of `tctl run` that say what a container may do. A seccomp profile of one's own is in no file any more. */
export function securityWords(asked: Partial<ContainerOptions>): readonly string[] {
  const { capabilities, rlimits = {}, sysctls = {}, landlock = {}, devices = [] } = asked;
  const { seccomp, apparmor, selinux, oomScoreAdj, namespaces, rootfs, groups = [] } = asked;
  const { mode = 'rw', enter } = typeof rootfs === 'object' ? rootfs : {};
  return [
    ...(mode === 'ro' || mode === 'overlay-ro' ? ['--read-only'] : []),
    ...(enter === 'chroot' ? ['--no-pivot'] : []),
    ...(namespaces?.user === true ? ['--userns', 'private'] : []),
    ...(namespaces?.user === 'self' ? ['--userns', 'self'] : []),
    ...option('--uts', namespaces?.uts),
    ...groups.flatMap((group) => option('--group-add', String(group))),
    ...(capabilities === undefined ? [] : ['--cap-drop', 'ALL']),
    ...(capabilities ?? []).flatMap((name) => option('--cap-add', name.replace(/^CAP_/, ''))),
    ...Object.entries(rlimits).flatMap(([name, limit]) => option('--ulimit', `${name}=${rlimitText(limit)}`)),
    ...Object.entries(sysctls).flatMap(([key, value]) => option('--sysctl', `${key}=${value}`)),
    ...(oomScoreAdj === undefined ? [] : option('--oom-score-adj', String(oomScoreAdj))),
    ...(seccomp === 'unconfined' ? ['--security-opt', 'seccomp=unconfined'] : []),
    ...(apparmor === undefined ? [] : ['--security-opt', `apparmor=${apparmor}`]),
    ...(selinux === undefined ? [] : ['--security-opt', `label=${selinux}`]),
    ...landlockWords(landlock),
    ...devices.flatMap((device) => option('--device', deviceText(device))),
  ];
}

function rlimitText(limit: Rlimit): string {
  return typeof limit === 'object' ? `${limit.soft}:${limit.hard}` : String(limit);
}

function landlockWords(rules: LandlockOptions): string[] {
  return (['read', 'write', 'connect', 'bind'] as const).flatMap((key) =>
    (rules[key] ?? []).flatMap((value) => option('--landlock', `${key}=${value}`)),
  );
}

function deviceText(device: NonNullable<ContainerOptions['devices']>[number]): string {
  if (typeof device === 'string') return device;
  const { source, target = source, access } = device;
  return [source, target, ...(access === undefined ? [] : [access])].join(':');
}
