import { accessSync, constants, existsSync } from 'node:fs';
import { readOptional } from '@tc/linux';

/** What a manager asks about the machine. Tests answer from a table. */
export interface CgroupFacts {
  /** The text of a file; undefined when there is none. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Whether this process may write to it. */
  writable(path: string): boolean;
}

/** The running machine. */
export const hostFacts: CgroupFacts = {
  read: readOptional,
  exists: existsSync,
  writable(path) {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
};
