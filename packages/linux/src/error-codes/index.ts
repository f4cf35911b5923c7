/**
 * Every code that an error of this project may have, with what docs/troubleshooting.md says of it. All packages share
 * one list, as their users meet them side by side and no code may mean two things. A code that is not here does not
 * compile. Nothing loads this at run time but what prints it: errors.ts takes the type.
 */
import { bundleErrors } from './bundles.ts';
import { containerErrors } from './containers.ts';
import type { ErrorEntry } from './entry.ts';
import { fileErrors } from './files.ts';
import { generalErrors } from './general.ts';
import { hostImageErrors } from './host-image.ts';
import { imageErrors } from './images.ts';
import { limitErrors } from './limits.ts';
import { logErrors } from './logs.ts';
import { monitorErrors } from './monitor.ts';
import { optionErrors } from './options.ts';
import { registryErrors } from './registries.ts';
import { rootFileSystemErrors } from './root-file-system.ts';
import { startErrors } from './start.ts';
import { userErrors } from './users.ts';

/** By what a user was doing: the sections of the page. */
export const errorSections = {
  Options: optionErrors,
  'Root file system and mounts': rootFileSystemErrors,
  'Starting a command': startErrors,
  Users: userErrors,
  'Limits and cgroups': limitErrors,
  Containers: containerErrors,
  'Logs, events, attach': logErrors,
  'Files and volumes': fileErrors,
  Images: imageErrors,
  Registries: registryErrors,
  'Images of this machine, and the data directory': hostImageErrors,
  'Monitor, recordings, metrics': monitorErrors,
  'OCI bundles': bundleErrors,
  'Everything else': generalErrors,
} as const satisfies Record<string, Record<string, ErrorEntry>>;

type KeyOfEach<Sections> = Sections extends unknown ? keyof Sections : never;

/** A code of this project. */
export type ErrorCode = KeyOfEach<(typeof errorSections)[keyof typeof errorSections]> & string;

/** A code of the system, as errno(3) and Node.js have them: `ENOENT`, `EPERM`. */
export type ErrnoCode = `E${Uppercase<string>}` | `E#${number}`;
