import type { ErrorEntry } from './entry.ts';

export const fileErrors = {
  READ_ONLY: {
    cause: 'its root file system is read-only, or is not there while it does not run',
    cure: 'write while it runs, or to a mount',
  },
  NOT_A_FILE: {
    cause: 'a device, a FIFO, a socket or a directory',
    cure: 'give a regular file',
  },
  NOT_A_DIRECTORY: {
    cause: 'a link or a file is where a directory is to be',
    cure: 'remove it first',
  },
  HOST_PATH_IS_A_LINK: {
    cause: 'nothing is written through links of the host',
    cure: 'give the path that it leads to',
  },
  HOST_PATH_NOT_A_FILE: {
    cause: 'a device, a FIFO or a socket of the host, whose place a copy would take',
    cure: 'give another path',
  },
  TOO_LARGE: {
    cause: 'more than `maxBytes` or `maxEntries`',
    cure: 'raise it',
  },
  TOO_DEEP: {
    cause: 'directories are nested too deep',
    cure: 'do it from inside the container',
  },
  VOLUME_NOT_FOUND: {
    cause: 'there is no such volume',
    cure: '`listVolumes()`',
  },
  VOLUME_IN_USE: {
    cause: 'a container mounts it',
    cure: 'remove that first',
  },
  NOT_REMOVED: {
    cause: "files can't be removed",
    cure: 'the hint has the command',
  },
} as const satisfies Record<string, ErrorEntry>;
