import type { ErrorEntry } from './entry.ts';

export const optionErrors = {
  INVALID_OPTION: {
    cause: 'an option, a name, a path or a combination is not allowed',
    cure: 'see the hint: it says what is',
  },
  INVALID_SIZE: {
    cause: 'not a size',
    cure: 'a number of bytes, or `512k`, `64m`, `1.5g`',
  },
  INVALID_DURATION: {
    cause: 'not a duration',
    cure: 'milliseconds above 0, or `250ms`, `5s`, `1.5m`, `2h`',
  },
  INVALID_LIMIT: {
    cause: "a limit's value is not allowed, by us or by the kernel",
    cure: 'see the hint for its range',
  },
  INVALID_ARGUMENT: {
    cause: 'a text has a NUL character in it',
    cure: 'remove it',
  },
  INVALID_CGROUP_PARENT: {
    cause: "`cgroupParent` is not a cgroup's path",
    cure: 'write it as /proc/PID/cgroup does: `/jobs/low`',
  },
  INVALID_SECCOMP: {
    cause: "a profile has something in it that can't be, or that is not supported",
    cure: 'the message says where',
  },
  SECCOMP_TOO_LARGE: {
    cause: 'the profile compiles to more than the 4096 instructions that the kernel takes',
    cure: 'compare fewer arguments',
  },
  INVALID_ID: {
    cause: "an id can't name a cgroup",
    cure: 'choose another `name`',
  },
  ABORTED: {
    cause: '`signal` was aborted before the start, or while waiting',
    cure: 'nothing to do',
  },
  RUN_FAILED: {
    cause: 'with `reject`: it did not exit with 0',
    cure: 'see `result` of the `RunError`',
  },
} as const satisfies Record<string, ErrorEntry>;
