import type { ErrorEntry } from './entry.ts';

export const monitorErrors = {
  MONITOR_BLOCKED: {
    cause: 'the kernel did not answer `processes()` in 10 s',
    cure: 'a process may hold its memory lock, or a disk does not answer',
  },
  MONITOR_THREADS: {
    cause: 'the threads that read cgroups die at their start',
    cure: 'see whether memory or processes are limited, and whether the package is whole',
  },
  RECORDING_NOT_FOUND: {
    cause: 'there is no such recording',
    cure: 'check the path',
  },
  RECORDING_UNREADABLE: {
    cause: 'the kernel does not give the file',
    cure: 'become who may read it',
  },
  RECORDING_NOT_ONE: {
    cause: 'the file is no recording',
    cure: '`tctl record FILE` makes one',
  },
  RECORDING_EMPTY: {
    cause: 'it has no frame yet',
    cure: 'wait for the first second of it',
  },
  RECORDING_VERSION: {
    cause: "a version of tctl made it that this one can't read",
    cure: 'use that version',
  },
  RECORDING_IN_USE: {
    cause: 'somebody else records to it',
    cure: 'give another file',
  },
  RECORDING_WRITE: {
    cause: "it can't be made or written: a full disk, a missing directory",
    cure: 'make room; `add()` goes on with the next frame',
  },
  RECORDING_CLOSED: {
    cause: '`add()` or `mark()` after `close()`',
    cure: 'open it again: it goes on where it ended',
  },
  RECORDING_DAMAGED: {
    cause: 'a record is not as it was written',
    cure: 'nothing: readers skip and count it (`damagedRecords`)',
  },
  INVALID_LISTEN: {
    cause: '`listen` is no address',
    cure: 'write it as `127.0.0.1:9099`, or a port',
  },
  LISTEN_NOT_LOOPBACK: {
    cause: 'others could connect to that address, and there is no password',
    cure: 'listen on `127.0.0.1`, or say `allowRemote` (`--allow-remote`)',
  },
  LISTEN_FAILED: {
    cause: 'the kernel refuses the address: it is taken, or not of this machine',
    cure: 'choose another port',
  },
} as const satisfies Record<string, ErrorEntry>;
