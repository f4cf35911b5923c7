import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Need } from '../../support/requires.ts';

/** A program of this machine, and so of the image that is made of it. */
export function hostHas(program: string): Need {
  const isThere = (process.env['PATH'] ?? '').split(':').some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return () => (isThere ? undefined : `this machine has no ${program}`);
}
