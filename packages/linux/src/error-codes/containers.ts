import type { ErrorEntry } from './entry.ts';

export const containerErrors = {
  CONTAINER_NOT_FOUND: {
    cause: 'there is none of that name or id, or it was removed meanwhile',
    cure: '`Container.list()`',
  },
  CONTAINER_AMBIGUOUS: {
    cause: 'several ids begin so',
    cure: 'give more digits',
  },
  CONTAINER_EXISTS: {
    cause: 'the name is in use by the container that the message tells',
    cure: 'another name, or remove or rename that container: `tctl rm NAME`',
  },
  CONTAINER_RUNNING: {
    cause: 'it runs, and must not',
    cure: 'stop it first, or `force`',
  },
  CONTAINER_NOT_RUNNING: {
    cause: 'it does not run, and must',
    cure: 'start it first',
  },
  CONTAINER_PAUSED: {
    cause: 'exec into a paused container',
    cure: 'resume it first',
  },
  CONTAINER_EPHEMERAL: {
    cause: '`run()` made it: its name is its id',
    cure: '`Container.create()`',
  },
  CONTAINER_UNKILLABLE: {
    cause: 'its processes do not die in 10 s',
    cure: 'state D: it waits for a device',
  },
  CONFIG_VERSION: {
    cause: 'a newer version made it',
    cure: 'use that',
  },
  LOCK_TIMEOUT: {
    cause: 'another process holds its lock for a minute',
    cure: 'the hint names it: is it stopped, or does it hang?',
  },
  RUNTIME_DIRECTORY: {
    cause: "the runtime directory can't be made, or is another user's",
    cure: 'set TCTL_RUNTIME_DIR',
  },
} as const satisfies Record<string, ErrorEntry>;
