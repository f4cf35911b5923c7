import { isAbsolute, posix, resolve } from 'node:path';
import { dataDirectory, TcError } from '@tc/linux';
import { parseSize } from '../cgroups/size.ts';
import type { BindMountSpec, MountSpec, NamespaceSpec, TmpfsMountSpec } from '../launch/spec.ts';
import { volumeDirectory } from '../state/layout.ts';
import { checkVolumeName } from '../volumes/volume-name.ts';
import { checkPropagation } from './check-propagation.ts';
import { invalid } from './invalid.ts';
import type { BindMount, Mount, TmpfsMount, VolumeMount } from './options.ts';
import { parseMount } from './parse-mount.ts';
import { statHost } from './stat-host.ts';

/**
 * Makes nothing: a volume may not be there yet.
 * @throws TcError INVALID_OPTION, INVALID_SIZE, MOUNT_SOURCE_NOT_FOUND, MOUNT_NOT_SHARED
 */
export function resolveMounts(
  mounts: readonly (string | Mount)[],
  namespaces: Pick<NamespaceSpec, 'user'>,
): MountSpec[] {
  const specs = mounts.map((mount) => resolveMount(mount, namespaces));
  refuseBelowShared(specs);
  return specs;
}

function resolveMount(given: string | Mount, namespaces: Pick<NamespaceSpec, 'user'>): MountSpec {
  const mount = typeof given === 'string' ? parseMount(given) : given;
  const type: unknown = mount.type ?? 'bind';
  const operation =
    mount.type === 'tmpfs' ? `mount a tmpfs onto ${mount.target}` : `mount ${mount.source}:${mount.target}`;
  const target = checkTarget(mount.target, operation);
  if (mount.type === 'tmpfs') return resolveTmpfs(mount, target, operation);
  if (mount.type === 'volume') return resolveVolume(mount, target);
  if (type === 'bind') return resolveBind(mount, target, operation, namespaces);
  invalid(`${JSON.stringify(type)} is not a kind of mount`, operation, 'It is bind, volume or tmpfs.');
}

function checkTarget(target: string, operation: string): string {
  if (isAbsolute(target) && posix.normalize(target) !== '/') {
    return posix.normalize(target).replace(/\/$/, '');
  }
  const problem = `${JSON.stringify(target)} can't be a mount point`;
  invalid(problem, operation, 'The target is an absolute path, not /.');
}

function resolveBind(
  { source, readOnly = false, recursive = true, propagation = 'private' }: BindMount,
  target: string,
  operation: string,
  { user }: Pick<NamespaceSpec, 'user'>,
): BindMountSpec {
  if (source === '') invalid('the source is empty', operation, 'Give a directory or file of the host.');
  const path = resolve(source);
  const stats = statHost(path, operation);
  if (stats === undefined) {
    throw new TcError(`${path} does not exist`, {
      code: 'MOUNT_SOURCE_NOT_FOUND',
      operation,
      path,
      hint: 'Make the directory or file first: a bind mount needs a source.',
    });
  }
  checkPropagation(propagation, path, { operation, inUserNamespace: user !== undefined });
  const sourceType = stats.isDirectory() ? 'directory' : 'file';
  return {
    type: 'bind',
    source: path,
    volume: undefined,
    target,
    readOnly,
    sourceType,
    recursive,
    propagation,
  };
}

function resolveVolume({ source, readOnly = false }: VolumeMount, target: string): BindMountSpec {
  const volume = checkVolumeName(source);
  return {
    type: 'bind',
    source: volumeDirectory(dataDirectory(), volume),
    volume,
    target,
    readOnly,
    sourceType: 'directory',
    recursive: true,
    propagation: 'private',
  };
}

function resolveTmpfs(
  { size, mode = 0o1777, readOnly = false }: TmpfsMount,
  target: string,
  operation: string,
): TmpfsMountSpec {
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    invalid(`${mode} is not a mode`, operation, 'Give permissions from 0 to 0o7777, such as 0o1777.');
  }
  const sizeBytes = size === undefined ? undefined : parseSize(size, operation);
  // tmpfs(5) takes 0 for no limit at all.
  if (sizeBytes === 0)
    invalid('a size of 0 holds nothing', operation, 'Give at least 4k, or leave the size out.');
  return { type: 'tmpfs', target, readOnly, sizeBytes, mode };
}

/** What is mounted on a shared mount is mounted on the host too, and would stay there. */
function refuseBelowShared(mounts: readonly MountSpec[]): void {
  const shared = mounts.filter((mount) => mount.type === 'bind' && mount.propagation === 'shared');
  for (const outer of shared) {
    const inner = mounts.find(
      (mount) => mount !== outer && `${mount.target}/`.startsWith(`${outer.target}/`),
    );
    if (inner === undefined) continue;
    const hint = `Mount it elsewhere, or ${outer.target} as a slave: what is mounted on a shared mount shows up on the host.`;
    invalid(`${outer.target} is a shared mount`, `mount onto ${inner.target}`, hint);
  }
}
