import type { OptionTable } from '../cli/options.ts';
import {
  cgroupOptions,
  detachOptions,
  fileOptions,
  isolationOptions,
  keptOptions,
  lifeOptions,
  limitOptions,
  nameOptions,
  processOptions,
  securityOptions,
  streamOptions,
} from './option-groups.ts';

/** What `tctl run` and `tctl create` make a container from. */
export const containerOptions = {
  rm: { about: 'remove the container when it ends; without -d, run always does' },
  ...nameOptions,
  ...streamOptions,
  ...limitOptions,
  ...cgroupOptions,
  ...processOptions,
  ...fileOptions,
  ...isolationOptions,
  ...securityOptions,
  ...lifeOptions,
  ...keptOptions,
} as const satisfies OptionTable;

/** The options of `tctl run`. */
export const runOptions = {
  detach: { short: 'd', about: 'let it run by itself, and print its id' },
  ...detachOptions,
  restart: { value: 'POLICY', about: 'no, always, on-failure or on-failure:N, as long as tctl run lives' },
  ...containerOptions,
  explain: { about: 'print every system call and why, and then run' },
  'dry-run': { about: 'print every system call and why, and stop; needs no root' },
  help: { about: 'print this' },
} as const satisfies OptionTable;
