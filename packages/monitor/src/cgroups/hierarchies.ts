import { type CgroupHost, readCgroupHost } from '@tc/linux';
import { controllers } from '../figures/sources.ts';

/** One mounted hierarchy. Plain data: it is sent to threads. */
export interface Hierarchy {
  readonly mountPoint: string;
  /** By what its directories are found in `Cgroup.directories`: `v2`, or v1 controllers' names. */
  readonly keys: readonly string[];
}

/** The hierarchies that have figures. Those of v1 controllers that share a mount are one. */
export function hierarchiesOf(host: CgroupHost): Hierarchy[] {
  const keys = new Map<string, string[]>();
  const add = (mountPoint: string, key: string) =>
    keys.set(mountPoint, [...(keys.get(mountPoint) ?? []), key]);
  if (host.v2 !== undefined) add(host.v2.mountPoint, 'v2');
  for (const controller of controllers) {
    const mount = host.v1.get(controller);
    if (mount !== undefined) add(mount.mountPoint, controller);
  }
  return [...keys].map(([mountPoint, names]) => ({ mountPoint, keys: names }));
}

/** Those of this host, as this process sees them. */
export const readHierarchies = (): Hierarchy[] => hierarchiesOf(readCgroupHost());
