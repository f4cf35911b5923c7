import { resolve } from 'node:path';
import { TcError } from '@tc/linux';
import { maxLayers } from '../launch/layers.ts';
import type { RootfsSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';
import type { RootfsOptions } from './options.ts';
import { statHost } from './stat-host.ts';

/**
 * @param disk what `upper: 'disk'` stands for: the container's data directory; undefined for `run()`, which keeps none
 * @throws TcError INVALID_OPTION, ROOTFS_NOT_FOUND, ROOTFS_NOT_A_DIRECTORY, UPPER_NOT_FOUND
 */
export function resolveRootfs(rootfs: string | RootfsOptions, disk?: string): RootfsSpec {
  const options: RootfsOptions = typeof rootfs === 'string' ? { path: rootfs } : rootfs;
  const { path, mode = 'rw', enter = 'pivot_root' } = options;
  const [first, ...others] = typeof path === 'string' ? [path] : path;
  const operation = 'choose the root file system';
  if (first === undefined) invalid('it has no layer', operation, 'Give at least one directory.');
  const layers = [checkLayer(first), ...others.map(checkLayer)] as const;
  if (layers.length > 1 && mode !== 'overlay' && mode !== 'overlay-ro') {
    invalid(
      `${layers.length} layers can’t be one directory`,
      operation,
      'Use the mode overlay or overlay-ro.',
    );
  }
  if (layers.length > maxLayers) {
    invalid(`${layers.length} layers are too many`, operation, `overlayfs gets up to ${maxLayers} here.`);
  }
  return { layers: [...layers], mode, upper: resolveUpper(options, disk, operation), enter };
}

function checkLayer(given: string): string {
  const path = resolve(given);
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
  return path;
}

function resolveUpper(
  { mode, upper = 'memory' }: RootfsOptions,
  disk: string | undefined,
  operation: string,
): string | undefined {
  if (upper === 'memory') return undefined;
  if (mode !== 'overlay') {
    invalid('only an overlay has an upper directory', operation, 'Use it with the mode overlay.');
  }
  if (upper === 'disk') {
    if (disk !== undefined) return disk;
    const hint = 'Give the path of a directory, or use Container.create().';
    invalid('what run() makes is gone at its end', operation, hint);
  }
  if (typeof upper?.path !== 'string') {
    invalid('that is no upper directory', operation, 'It is memory, disk or an object with a path.');
  }
  const path = resolve(upper.path);
  if (statHost(path, operation)?.isDirectory()) return path;
  throw new TcError(`${path} is not a directory`, {
    code: 'UPPER_NOT_FOUND',
    operation,
    path,
    hint: 'Make the directory that is to keep what the container writes.',
  });
}
