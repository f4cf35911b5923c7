import { posix } from 'node:path';
import { invalid } from '../run/invalid.ts';

export interface ContainerPath {
  /** Absolute, without `.`, `..` and a slash at the end. */
  readonly path: string;
  readonly parent: string;
  /** Empty for `/`. */
  readonly name: string;
}

/** `..` is taken away here, as a path is read; links that have it are the kernel's to resolve. */
export function readPath(path: string, operation: string): ContainerPath {
  if (path === '' || path.includes('\0'))
    invalid('the path is empty or has a NUL byte', operation, 'Give a path in the container: /etc/hosts.');
  const whole = posix.resolve('/', path);
  return { path: whole, parent: posix.dirname(whole), name: posix.basename(whole) };
}
