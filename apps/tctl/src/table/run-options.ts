import type { OptionTable } from '../cli/options.ts';
import {
  cgroupOptions,
  fileOptions,
  isolationOptions,
  keptOptions,
  lifeOptions,
  limitOptions,
  nameOptions,
  processOptions,
  streamOptions,
} from './option-groups.ts';
import { securityOptions } from './security-options.ts';
import { detachOptions } from './shared-options.ts';

/** What `tctl run` and `tctl create` make a container from. */
export const containerOptions = {
  rm: { about: 'remove the container when it ends; without -d, run always does' },
  ...nameOptions,
  ...streamOptions,
  quiet: { short: 'q', about: 'say nothing of a pull' },
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
  restart: {
    value: 'POLICY',
    complete: ['no', 'always', 'on-failure'],
    default: 'no',
    about: 'no, always, on-failure or on-failure:N, as long as tctl run lives',
  },
  ...containerOptions,
  explain: { about: 'print every system call and why, and then run' },
  'dry-run': { about: 'print every system call and why, and stop; needs no root' },
} as const satisfies OptionTable;
