import { join } from 'node:path';
import type { Workplace } from './workplace.ts';

/** Puts the state and the data of tctl's containers into the workplace, for commands that are started from here too. */
export function useOwnDirectories(place: Workplace): void {
  process.env['TCTL_RUNTIME_DIR'] = join(place.directory, 'run');
  process.env['TCTL_DATA_DIR'] = place.dataDirectory;
}
