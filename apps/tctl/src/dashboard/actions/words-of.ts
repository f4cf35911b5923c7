import type { ContainerInfo, ContainerOptions, Mount } from '@tc/core';
import { operands, option } from './run-words.ts';

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
    rootfs,
  } = asked;
  const words = [
    'tctl',
    'run',
    ...(detached ? ['-d'] : []),
    ...(tty ? ['-t'] : []),
    ...(name === id ? [] : option('--name', name)),
    ...option('--hostname', hostname),
    ...option('--memory', textOf(limits.memory)),
    ...option('--pids', textOf(limits.pids)),
    ...option('--cpus', textOf(limits.cpus)),
    ...option('--cpu-weight', textOf(limits.cpuWeight)),
    ...option('--cpuset-cpus', limits.cpuset),
    ...mounts.flatMap(mountWords),
    ...Object.entries(env).flatMap(([key, value]) =>
      value === undefined ? [] : option('-e', `${key}=${value}`),
    ),
    ...Object.entries(labels).flatMap(([key, value]) => option('--label', `${key}=${value}`)),
    ...option('--workdir', cwd),
    ...option('--user', textOf(user)),
    ...(typeof network === 'string' && network !== 'none' ? option('--network', network) : []),
    ...(init === true ? ['--init'] : []),
    ...option('--timeout', textOf(timeout)),
    ...(image === undefined ? option('--rootfs', rootDirectory(rootfs)) : []),
  ];
  return [...words, ...operands(image ?? '', command)];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function mountWords(mount: Mount | string): string[] {
  if (typeof mount === 'string') return option('-v', mount);
  const { target, readOnly = false } = mount;
  if (mount.type !== 'tmpfs') return option('-v', `${mount.source}:${target}${readOnly ? ':ro' : ''}`);
  const { size, mode } = mount;
  const settings = [
    ...(size === undefined ? [] : [`size=${size}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
    ...(readOnly ? ['ro'] : []),
  ];
  return option('--tmpfs', settings.length === 0 ? target : `${target}:${settings.join(',')}`);
}

function rootDirectory(rootfs: ContainerOptions['rootfs'] | undefined): string | undefined {
  const path = typeof rootfs === 'object' ? rootfs.path : rootfs;
  return typeof path === 'string' ? path : path?.[0];
}
