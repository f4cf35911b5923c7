import type { ErrorEntry } from './entry.ts';

export const startErrors = {
  COMMAND_NOT_FOUND: {
    cause: 'it is not in the root file system, or its loader is not',
    cure: 'check the path and `PATH`',
  },
  COMMAND_NOT_EXECUTABLE: {
    cause: 'it is no program, or none for this machine',
    cure: 'chmod, or name its interpreter',
  },
  WORKING_DIRECTORY_NOT_FOUND: {
    cause: '`cwd` is not there, or no directory',
    cure: 'make it',
  },
  MEMORY_LIMIT_TOO_LOW: {
    cause: 'the OOM killer ended it before its command ran',
    cure: 'raise `memory`',
  },
  START_TIMEOUT: {
    cause: 'its `timeout` has passed, and it does not start',
    cure: 'is the container paused, or does it stop what joins it?',
  },
  PIDS_LIMIT: {
    cause: 'there is no room for one more process',
    cure: 'raise `pids`, or the limit of the user',
  },
  SUPERVISOR_DIED: {
    cause: 'something killed the process tctl-shim or tctl-exec',
    cure: 'find out what; the next clean-up removes what is left',
  },
  ARCHITECTURE_UNSUPPORTED: {
    cause: 'neither x86-64 nor arm64; or a program with a filter for one is assembled for the other',
    cure: "use another machine; `seccomp: 'unconfined'`",
  },
  RLIMIT_REFUSED: {
    cause: "a limit of `rlimits` above the caller's",
    cure: 'a lower one, or CAP_SYS_RESOURCE',
  },
  OOM_SCORE_REFUSED: {
    cause: "`oomScoreAdj` below the caller's",
    cure: 'a higher one, or CAP_SYS_RESOURCE',
  },
  DEVICES_UNSUPPORTED: {
    cause: "the kernel can't hold the container to some devices, or only in part",
    cure: "leave out `access`, or CAP_MKNOD; a kernel with BPF for cgroups, or v1's devices controller",
  },
  LANDLOCK_UNSUPPORTED: {
    cause: 'the kernel has no Landlock, or one that can do less',
    cure: "leave it out; or `onUnsupported: 'warn'`",
  },
  LANDLOCK_PATH_NOT_FOUND: {
    cause: 'a path of `landlock` is not in the container',
    cure: 'name one that is',
  },
  LABEL_UNSUPPORTED: {
    cause: 'the kernel runs without AppArmor, or SELinux',
    cure: 'leave it out, or boot with it',
  },
  LABEL_REFUSED: {
    cause: 'the kernel does not know the profile or label, or refuses the change',
    cure: 'aa-status lists profiles',
  },
  SYSCTL_REFUSED: {
    cause: 'the kernel has no such setting, or does not take the value',
    cure: 'see the name in the message',
  },
  SECCOMP_LISTENER_UNAVAILABLE: {
    cause: "nobody listens at the profile's `listenerPath`",
    cure: 'start that program first',
  },
  SECCOMP_UNSUPPORTED: {
    cause: 'the kernel was built without seccomp filters',
    cure: "`seccomp: 'unconfined'`",
  },
  KERNEL_TOO_OLD: {
    cause: 'the kernel lacks a system call or a file system',
    cure: 'Linux 5.12 or newer',
  },
  TERMINAL_UNAVAILABLE: {
    cause: 'the container has put something else at /dev/pts',
    cure: 'nothing: exec without `tty`',
  },
  LAUNCH: {
    cause: "a step failed that can't be named",
    cure: 'report it',
  },
} as const satisfies Record<string, ErrorEntry>;
