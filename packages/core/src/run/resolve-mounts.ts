import { isAbsolute, posix, resolve } from 'node:path';
import { TcError } from '@tc/linux';
import type { MountSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';
import type { Mount } from './options.ts';
import { statHost } from './stat-host.ts';

/** @throws TcError INVALID_OPTION, MOUNT_SOURCE_NOT_FOUND */
export function resolveMount(mount: string | Mount): MountSpec {
  const operation = `mount ${typeof mount === 'string' ? mount : `${mount.source}:${mount.target}`}`;
  const parsed = typeof mount === 'string' ? parseMount(mount, operation) : mount;
  const { source, target, readOnly = false } = parsed;
  if (!isAbsolute(target) || posix.normalize(target) === '/') {
    const problem = `${JSON.stringify(target)} can't be a mount point`;
    invalid(problem, operation, 'The target is an absolute path, not /.');
  }
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
  return {
    source: path,
    target: posix.normalize(target).replace(/\/$/, ''),
    readOnly,
    sourceType: stats.isDirectory() ? 'directory' : 'file',
  };
}

function parseMount(text: string, operation: string): Mount {
  const [source, target, mode, ...rest] = text.split(':');
  const known = mode === undefined || mode === 'ro' || mode === 'rw';
  if (!source || !target || !known || rest.length > 0) {
    invalid('not a mount', operation, 'Write SOURCE:TARGET, or SOURCE:TARGET:ro.');
  }
  return { source, target, readOnly: mode === 'ro' };
}
