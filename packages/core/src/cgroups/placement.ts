import { basename, join } from 'node:path';
import { TcError } from '@tc/linux';
import type { CgroupFacts } from './facts.ts';

/** Whatever carries it is a container's, and nothing else is ever removed. */
const PREFIX = 'tctl-';
const ID = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** @throws TcError INVALID_ID: the name becomes part of paths that are removed in the end. */
export function cgroupName(id: string): string {
  // 255 is NAME_MAX.
  if (ID.test(id) && id.length + PREFIX.length <= 255) return PREFIX + id;
  throw new TcError(`${JSON.stringify(id)} is not a container id`, {
    code: 'INVALID_ID',
    operation: 'name the cgroup',
  });
}

/** The id of the container whose cgroup a directory is; undefined if it is none's. */
export function containerIdOf(directory: string): string | undefined {
  const name = basename(directory);
  const id = name.slice(PREFIX.length);
  return name.startsWith(PREFIX) && ID.test(id) ? id : undefined;
}

/**
 * Puts a parent as users write it (`/jobs/low`, `jobs/low/`) into one form: `jobs/low`, or `''` for the root.
 * @throws TcError INVALID_CGROUP_PARENT
 */
export function normaliseParent(parent = ''): string {
  const names = parent
    .split('/')
    .filter((name, index, all) => name !== '' || (index > 0 && index < all.length - 1));
  if (names.some((name) => name === '' || name === '.' || name === '..' || /[\0\n]/.test(name))) {
    throw new TcError(`${JSON.stringify(parent)} is not a cgroup’s path`, {
      code: 'INVALID_CGROUP_PARENT',
      operation: 'choose the parent cgroup',
      hint: 'Give it as /proc/PID/cgroup does, without the mount point: /jobs/low.',
    });
  }
  return names.join('/');
}

/** @throws TcError CGROUP_PARENT_NOT_FOUND, CGROUP_PARENT_THREADED */
export function checkParent(mountPoint: string, parent: string, facts: CgroupFacts): void {
  if (parent === '') return;
  const path = join(mountPoint, parent);
  const operation = `put the container into the cgroup /${parent}`;
  if (!facts.exists(path)) {
    const hint = `Make it first, in each hierarchy: mkdir ${path}.`;
    throw new TcError('there is no such cgroup', { code: 'CGROUP_PARENT_NOT_FOUND', operation, path, hint });
  }
  // v1 has no such file. Below anything but a domain no process could be started (cgroup-v2.rst, "Threads").
  const type = facts.read(join(path, 'cgroup.type'))?.trim() ?? 'domain';
  if (type !== 'domain') {
    const hint = 'Choose another, or one that has no threaded cgroups below it and no process in it.';
    throw new TcError(`its type is "${type}"`, { code: 'CGROUP_PARENT_THREADED', operation, path, hint });
  }
}
