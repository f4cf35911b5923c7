/** What engines are given to run containers: runc, which they are made for, and ours. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { runtimePath } from '../oci.ts';

export interface Runtime {
  readonly name: 'runc' | 'tc-runtime';
  /** Absolute, as engines want it. */
  readonly path: string;
}

/** @returns the first in PATH, or the name where there is none: tests that need it are skipped. */
export function pathOf(program: string): string {
  const directories = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  const isThere = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return directories.map((directory) => join(directory, program)).find(isThere) ?? program;
}

export const runc: Runtime = { name: 'runc', path: pathOf('runc') };
export const ours: Runtime = { name: 'tc-runtime', path: runtimePath };
export const runtimes: readonly Runtime[] = [runc, ours];
