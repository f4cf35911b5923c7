import type { ErrorEntry } from './entry.ts';

export const bundleErrors = {
  BUNDLE_NOT_FOUND: {
    cause: 'there is no config.json, or it is no JSON',
    cure: '`tc-runtime spec` writes one',
  },
  INVALID_BUNDLE: {
    cause: "a field of config.json is missing or can't be",
    cure: 'the message names it',
  },
  UNSUPPORTED_FIELD: {
    cause: 'config.json asks for something that the specification knows and this runtime lacks',
    cure: 'the message names it: leave it out',
  },
  INVALID_SIGNAL: {
    cause: 'not a signal',
    cure: 'a number, or a name as in signal(7)',
  },
  NAMESPACE_NOT_FOUND: {
    cause: 'the path of a namespace to join is gone',
    cure: 'whoever had it may have ended',
  },
  NAMESPACE_MISMATCH: {
    cause: 'the file is no namespace, or of another type',
    cure: 'give the right path',
  },
  CONSOLE_SOCKET_NOT_FOUND: {
    cause: 'nobody listens on the console socket',
    cure: 'start its listener first',
  },
  MOUNT_UNSUPPORTED: {
    cause: 'the kernel refuses a file system, or an option of it',
    cure: 'the message names the mount',
  },
  CGROUP_IN_USE: {
    cause: 'there are processes in linux.cgroupsPath',
    cure: 'give another path',
  },
  SUB_CGROUP: {
    cause: '`exec --cgroup` names no cgroup below the container’s',
    cure: 'make it first, or give its path from there',
  },
  SYSTEMD_CGROUP_UNSUPPORTED: {
    cause: '`--systemd-cgroup` on a machine without cgroup version 2 alone',
    cure: 'have the engine use the cgroupfs driver: `podman --cgroup-manager cgroupfs`',
  },
  SYSTEMD_UNREACHABLE: {
    cause: 'no manager of systemd’s answers on its bus',
    cure: 'see whether systemd runs, or use the cgroupfs driver',
  },
  SYSTEMD_REFUSED: {
    cause: 'systemd does not make, change or end the unit',
    cure: 'the message has its answer; `systemctl status` and `journalctl` say more',
  },
  CONTAINER_DIED: {
    cause: 'its first process was killed right after it was made',
    cure: 'see whether memory was short',
  },
  CPU_AFFINITY_REFUSED: {
    cause: 'none of the CPUs of `process.execCPUAffinity` may be used',
    cure: '`cpuset.cpus` of its cgroup says which may',
  },
  SCHEDULER_REFUSED: {
    cause: 'the kernel refuses `process.scheduler` or `process.ioPriority`',
    cure: 'its hint says what it takes',
  },
  USER_NAMESPACE_REFUSED: {
    cause: 'the namespace that maps the ids of a mount can’t be made',
    cure: 'see /proc/sys/user/max_user_namespaces',
  },
  COPY_UP_FAILED: {
    cause: 'what is below a tmpfs could not be copied into it',
    cure: 'leave tmpcopyup out, or make the tmpfs larger',
  },
  HOOK_FAILED: {
    cause: 'a hook ended with an error or did not end in time',
    cure: 'its output is in the message',
  },
  NOT_CREATED: {
    cause: 'only what was made, and not yet started, can be started',
    cure: 'make it anew',
  },
  START_FAILED: {
    cause: 'the kernel refuses the command',
    cure: 'the message has the errno',
  },
} as const satisfies Record<string, ErrorEntry>;
