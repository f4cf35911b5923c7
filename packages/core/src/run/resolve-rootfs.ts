import { resolve } from 'node:path';
import { TcError } from '@tc/linux';
import type { RootfsSpec } from '../launch/spec.ts';
import type { RootfsOptions } from './options.ts';
import { statHost } from './stat-host.ts';

/** @throws TcError ROOTFS_NOT_FOUND, ROOTFS_NOT_A_DIRECTORY */
export function resolveRootfs(rootfs: string | RootfsOptions): RootfsSpec {
  const options = typeof rootfs === 'string' ? { path: rootfs } : rootfs;
  const path = resolve(options.path);
  const operation = `use the root file system ${path}`;
  const stats = statHost(path, operation);
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
