import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The files and directories below `path` that this process has open. */
export function openBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return []; // the directory's own
    }
  });
}

/** How many directories and files inotify(7) watches for this process. */
export function watches(): number {
  return readdirSync('/proc/self/fdinfo').reduce((count, fd) => {
    try {
      return count + (readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify /gm)?.length ?? 0);
    } catch {
      return count;
    }
  }, 0);
}
