import type { BindMount, ContainerInfo, ContainerOptions, Mount } from '@tc/core';
import { operands, option } from './run-words.ts';
import { limitWords } from './words-of-limits.ts';
import { securityWords } from './words-of-security.ts';

/**
 * The `tctl run` that makes a container like this one: from all that was asked for when it was made. What only the
 * library can say is left out. Its own host name and name are of its own.
 */
export function wordsOf({
  name,
  id,
  options,
  image,
  command,
  tty,
  detached,
}: ContainerInfo): readonly string[] {
  const asked: Partial<ContainerOptions> = options ?? {};
  const {
    limits = {},
    mounts = [],
    env = {},
    labels = {},
    user,
    cwd,
    hostname,
    network,
    init,
    timeout,
    cpuTime,
    cgroups,
    cgroupParent,
    restart,
    stdin,
    stopSignal,
    stopTimeout,
    logs,
    rootfs,
  } = asked;
  const entrypoint = hasEntrypoint(image) ? command[0] : undefined;
  const words = [
    'tctl',
    'run',
    ...(detached ? ['-d'] : []),
    ...(stdin === 'open' ? ['-i'] : []),
    ...(tty ? ['-t'] : []),
    ...(name === id ? [] : option('--name', name)),
    ...option('--hostname', hostname),
    ...limitWords(limits),
    ...mounts.flatMap(mountWords),
    ...Object.entries(env).flatMap(([key, value]) =>
      value === undefined ? [] : option('-e', `${key}=${value}`),
    ),
    ...Object.entries(labels).flatMap(([key, value]) => option('--label', `${key}=${value}`)),
    ...option('--workdir', cwd),
    ...option('--user', textOf(user)),
    ...(typeof network === 'string' && network !== 'none' ? option('--network', network) : []),
    ...(init === true ? ['--init'] : []),
    ...securityWords(asked),
    ...option('--timeout', durationText(timeout)),
    ...option('--cpu-time', durationText(cpuTime)),
    ...(cgroups === 'disabled' ? ['--cgroups', cgroups] : []),
    ...option('--cgroup-parent', cgroupParent),
    ...option('--restart', restart),
    ...option('--stop-signal', stopSignal),
    ...option('--stop-timeout', durationText(stopTimeout)),
    ...(typeof logs === 'object' ? option('--log-size', textOf(logs.maxBytes)) : []),
    ...option('--entrypoint', entrypoint),
    ...(image === undefined ? option('--rootfs', rootDirectory(rootfs)) : []),
  ];
  return [...words, ...operands(image ?? '', entrypoint === undefined ? command : command.slice(1))];
}

/** The command is all that runs: what the image runs before what is given would be there twice. */
function hasEntrypoint(image: string | undefined): boolean {
  return image !== undefined && image !== 'host';
}

/** The library's numbers are milliseconds, and some of the command line's seconds. */
function durationText(value: number | string | undefined): string | undefined {
  return typeof value === 'number' ? `${value}ms` : value;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function mountWords(mount: Mount | string): string[] {
  if (typeof mount === 'string') return option('-v', mount);
  const { target, readOnly = false } = mount;
  if (mount.type === 'volume') return option('-v', `${mount.source}:${target}${readOnly ? ':ro' : ''}`);
  if (mount.type !== 'tmpfs') return bindWords(mount);
  const { size, mode } = mount;
  const settings = [
    ...(size === undefined ? [] : [`size=${size}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
    ...(readOnly ? ['ro'] : []),
  ];
  return option('--tmpfs', settings.length === 0 ? target : `${target}:${settings.join(',')}`);
}

/** Only the longer form can say that what is mounted below stays behind. */
function bindWords({ source, target, readOnly = false, recursive = true, propagation }: BindMount): string[] {
  const options = [...(readOnly ? ['ro'] : []), ...(propagation === undefined ? [] : [propagation])];
  if (recursive)
    return option('-v', [source, target, ...(options.length > 0 ? [options.join(',')] : [])].join(':'));
  const words = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  if (propagation !== undefined) words.push(`bind-propagation=${propagation}`);
  return option('--mount', [...words, 'bind-recursive=disabled'].join(','));
}

function rootDirectory(rootfs: ContainerOptions['rootfs'] | undefined): string | undefined {
  const path = typeof rootfs === 'object' ? rootfs.path : rootfs;
  return typeof path === 'string' ? path : path?.[0];
}
