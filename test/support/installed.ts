import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Need } from './requires.ts';
import { slowness } from './scale.ts';

/** A program of this machine that we have to get along with. */
export const installed =
  (program: string): Need =>
  () => {
    const directories = (process.env['PATH'] ?? '').split(':');
    const isThere = directories.some((directory) => {
      try {
        accessSync(join(directory, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
    return isThere ? undefined : `this machine has no ${program}`;
  };

/** Images do not depend on the layout of cgroups, and each import starts a thread: seconds on an emulated machine. */
export const quickMachine: Need = () =>
  slowness > 1 ? 'it is the same on every layout of cgroups, and this machine is emulated' : undefined;
