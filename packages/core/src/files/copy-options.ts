import { parseSize } from '../cgroups/index.ts';
import type { ContainerRoot } from './container-root.ts';
import type { CopyRules } from './copy-tree.ts';

export interface CopyOptions {
  /**
   * Keep owners, and setuid and setgid bits. Ids are those that the container sees: its root's files become root's.
   * Needs root. Default `false`: copies into it belong to its root user, copies out of it to the caller.
   */
  preserve?: boolean;
  /** An error above so much data. Default `4g`. */
  maxBytes?: number | string;
  /** An error above so many files and directories. Default 1,000,000. */
  maxEntries?: number;
}

type Direction = 'in' | 'out';

export function copyRules(
  direction: Direction,
  { ids }: ContainerRoot,
  { preserve = false, maxBytes = '4g', maxEntries = 1_000_000 }: CopyOptions,
  operation: string,
): CopyRules {
  const outside = (uid: number, gid: number) => ({
    uid: ids.uids.outside(uid, operation),
    gid: ids.gids.outside(gid, operation),
  });
  const inside = (uid: number, gid: number) => ({ uid: ids.uids.inside(uid), gid: ids.gids.inside(gid) });
  return {
    operation,
    maxBytes: parseSize(maxBytes, operation),
    maxEntries,
    sparesSpecial: direction === 'out', // as root, /dev/null would be a file from then on
    modeBits: preserve ? 0o7777 : 0o777,
    owner: ({ uid, gid }) => {
      if (direction === 'out') return preserve ? inside(uid, gid) : undefined;
      return preserve ? outside(uid, gid) : outside(0, 0);
    },
  };
}
