import { resolve } from 'node:path';
import { invalid } from '../run/invalid.ts';
import type { Mount, RootfsOptions } from '../run/options.ts';
import type { ContainerOptions } from './options.ts';

/**
 * Options that mean the same in every process, whatever directory it works in. Only what can be written as JSON stays.
 */
export function absoluteOptions(options: ContainerOptions): ContainerOptions {
  const { name: _, ...rest } = options;
  const absolute: ContainerOptions = {
    ...rest,
    rootfs: typeof rest.rootfs === 'string' ? resolve(rest.rootfs) : absoluteRootfs(rest.rootfs),
    ...(rest.mounts && { mounts: rest.mounts.map(absoluteMount) }),
  };
  return JSON.parse(JSON.stringify(absolute, checkNumber));
}

/** JSON would make a null of it, and a null the default: `user: NaN` would be root. */
function checkNumber(key: string, value: unknown): unknown {
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  if (!isNumber || Number.isFinite(value)) return value;
  return invalid(`${key} is ${value}`, 'make a container', 'Give a finite number, no BigInt.');
}

function absoluteRootfs(rootfs: RootfsOptions): RootfsOptions {
  const { path, upper } = rootfs;
  return {
    ...rootfs,
    path: typeof path === 'string' ? resolve(path) : path.map((each) => resolve(each)),
    ...(typeof upper === 'object' && { upper: { path: resolve(upper.path) } }),
  };
}

/** A source without a slash is a volume's name. */
function absoluteMount(mount: string | Mount): string | Mount {
  if (typeof mount !== 'string') {
    return mount.type === undefined || mount.type === 'bind'
      ? { ...mount, source: resolve(mount.source) }
      : mount;
  }
  const colon = mount.indexOf(':');
  const source = mount.slice(0, colon);
  return colon > 0 && source.includes('/') ? resolve(source) + mount.slice(colon) : mount;
}
