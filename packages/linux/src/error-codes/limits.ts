import type { ErrorEntry } from './entry.ts';

export const limitErrors = {
  LIMIT_UNSUPPORTED: {
    cause: "this host can't enforce it",
    cure: "see the hint; or `onUnsupported: 'warn'`",
  },
  LIMIT_NOT_LIVE: {
    cause: 'it was started without that v1 controller',
    cure: 'stop it, update, start it',
  },
  LIMIT_BELOW_USAGE: {
    cause: 'cgroup v1: more memory is in use than the new limit',
    cure: 'make it use less first',
  },
  CGROUP_NOT_DELEGATED: {
    cause: 'an ordinary user has no cgroup of its own',
    cure: 'the hint has the command; or no limits',
  },
  CGROUP_PARENT_NOT_FOUND: {
    cause: '`cgroupParent` is not there',
    cure: 'mkdir it in each hierarchy',
  },
  CGROUP_PARENT_BUSY: {
    cause: 'processes live in it, so v2 passes no controllers on',
    cure: 'move them into a cgroup below, or choose another',
  },
  CGROUP_PARENT_THREADED: {
    cause: 'it is a threaded cgroup',
    cure: 'choose another',
  },
  CGROUP_BUSY: {
    cause: 'processes of an abandoned container do not die',
    cure: 'state D: it waits for a device',
  },
  CGROUP_GONE: {
    cause: 'the container ended while it was frozen',
    cure: 'nothing to do',
  },
  NOT_A_CONTAINER_CGROUP: {
    cause: 'a state file names a cgroup that is none of ours',
    cure: "somebody has changed the file: remove the container's state directory",
  },
  FREEZE_UNSUPPORTED: {
    cause: 'without cgroups, or without the v1 freezer, there is no pause',
    cure: "`cgroups: 'enabled'`; mount the freezer",
  },
  FREEZE_TIMEOUT: {
    cause: 'a process does not stop',
    cure: 'state D: it waits for a device',
  },
} as const satisfies Record<string, ErrorEntry>;
