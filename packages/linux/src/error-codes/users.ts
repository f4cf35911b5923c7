import type { ErrorEntry } from './entry.ts';

export const userErrors = {
  USER_NOT_FOUND: {
    cause: 'the root file system has no such user or group, or it is a number above 2147483647',
    cure: 'numbers need no account',
  },
  SETGROUPS_DENIED: {
    cause: '`groups`, in a user namespace of an ordinary user that maps one group only',
    cure: 'ids in /etc/subgid, and newgidmap',
  },
  ID_MAP_FAILED: {
    cause: 'newuidmap or newgidmap failed, or is gone',
    cure: "see the hint; or `user: 'self'`",
  },
  ID_NOT_MAPPED: {
    cause: 'the user namespace has no such id',
    cure: 'an id that it maps',
  },
  SUBORDINATE_IDS_MISSING: {
    cause: 'the ids that are needed were not lent',
    cure: 'the hint has the usermod command',
  },
} as const satisfies Record<string, ErrorEntry>;
