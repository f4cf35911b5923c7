import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import type { Observe } from '../elf/library-rules.ts';

/** Root's PATH on most distributions; that of other users often lacks the sbin directories. */
const systemDirectories = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
] as const;

/** A tool, the path at which PATH has it, and the file that this leads to. */
export interface FoundTool {
  name: string;
  path: string;
  realPath: string;
}

/** The absolute directories of a PATH, each once. Empty and relative ones would mean the working directory. */
export function searchDirectories(path: string): string[] {
  return [...new Set(path.split(':').filter(isAbsolute).map(trimmed))];
}

/**
 * The system's directories, then what else PATH has. The system comes first so that one host gives one
 * image, whoever calls: a PATH often begins with node_modules/.bin, the shims of a version manager or the
 * programs of conda, which shadow the system's tools and lead to files that only one user may read.
 */
export function defaultSearchDirectories(path = process.env['PATH'] ?? ''): string[] {
  return [...new Set([...systemDirectories, ...searchDirectories(path)])];
}

/** The first executable regular file of that name, as execvp(3) would choose it. */
export function findTool(
  name: string,
  directories: readonly string[],
  observe: Observe,
): FoundTool | undefined {
  for (const directory of directories) {
    const path = join(directory, name);
    const kind = kindOf(path);
    if (kind === 'nothing') continue;
    // Observed also when passed over: a chmod could make it the one, and the directory would not tell.
    observe(path);
    if (kind === 'program') return { name, path, realPath: realpathSync.native(path) };
  }
  return undefined;
}

function kindOf(path: string): 'nothing' | 'other' | 'program' {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'nothing';
    // access(2) lets root execute anything with one x bit, and so do we.
    accessSync(path, constants.X_OK);
    return stats.isFile() ? 'program' : 'other';
  } catch {
    return 'other';
  }
}

const trimmed = (path: string): string => (path === '/' ? path : normalize(path).replace(/\/+$/, ''));
