import type { ErrorEntry } from './entry.ts';

export const logErrors = {
  WATCH_FAILED: {
    cause: 'inotify has no room',
    cure: 'raise /proc/sys/fs/inotify/max_user_watches',
  },
  ATTACH_DENIED: {
    cause: "another user's container, or ptrace is forbidden to all",
    cure: 'be root, or the user who started it',
  },
  ATTACHMENT_ENDED: {
    cause: 'it was detached, or nothing reads its input any more',
    cure: 'nothing to do',
  },
  STDIN_CLOSED: {
    cause: "it has neither a terminal nor `stdin: 'open'`",
    cure: 'create it with one',
  },
  NO_TERMINAL: {
    cause: 'it has no terminal to resize',
    cure: 'create it with `tty`',
  },
} as const satisfies Record<string, ErrorEntry>;
