import { readOptional } from '@tc/linux';
import { findIdMapHelpers } from '../launch/map-ids.ts';

/** What the maps of a user namespace depend on. Tests answer from a table. */
export interface IdMapFacts {
  readonly uid: number;
  readonly gid: number;
  /** The text of a file; undefined when there is none. */
  read(path: string): string | undefined;
  /** newuidmap(1) and newgidmap(1), absolute; undefined where one is missing. */
  helpers(): unknown;
}

/** The running machine and this process. */
export function hostIdMapFacts(): IdMapFacts {
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    read: readOptional,
    helpers: findIdMapHelpers,
  };
}
