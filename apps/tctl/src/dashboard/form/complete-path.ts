import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** More would not be looked at. */
const most = 200;

export interface PathOptions {
  readonly onlyDirectories: boolean;
}

/** Paths of the host that begin so; those of directories end with a slash, so that one can go on. */
export function pathsLike(typed: string, { onlyDirectories }: PathOptions): string[] {
  const slash = typed.lastIndexOf('/');
  const directory = typed.slice(0, slash + 1);
  const begin = typed.slice(slash + 1);
  try {
    return readdirSync(expandHome(directory === '' ? '.' : directory), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begin) && (begin !== '' || !name.startsWith('.')))
      .filter(({ name }) => !/[\p{C}\s]/u.test(name))
      .map((entry) => ({
        name: entry.name,
        isDirectory:
          entry.isDirectory() ||
          (entry.isSymbolicLink() && leadsToDirectory(join(entry.parentPath, entry.name))),
      }))
      .filter(({ isDirectory }) => isDirectory || !onlyDirectories)
      .map(({ name, isDirectory }) => `${directory}${name}${isDirectory ? '/' : ''}`)
      .sort()
      .slice(0, most);
  } catch {
    return []; // there is none, or it is not ours to read
  }
}

function leadsToDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What a shell makes of `~` at the beginning; all else stays. */
export function expandHome(path: string): string {
  if (path !== '~' && !path.startsWith('~/')) return path;
  return join(homedir(), path.slice(1));
}

/** Whether it is a directory of the host that is meant, and not the name of an image. */
export function isPath(text: string): boolean {
  return /^(?:[/~]|\.\.?(?:\/|$))/.test(text);
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(resolve(expandHome(path))).isDirectory();
  } catch {
    return false;
  }
}
