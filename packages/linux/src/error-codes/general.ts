import type { ErrorEntry } from './entry.ts';

export const generalErrors = {
  USAGE: {
    cause: 'the command line of tc-runtime makes no sense',
    cure: '`tc-runtime COMMAND --help`',
  },
  CONFIG_EXISTS: {
    cause: '`tc-runtime spec` would write over a config.json',
    cure: 'remove it first, or give another `--bundle`',
  },
  DEMO: {
    cause: '`tctl --demo` shows made-up containers: they have no shell',
    cure: 'open the dashboard without `--demo`',
  },
  NATIVE_CODE_NOT_LOADED: {
    cause: 'the single-file executable found no directory that it may write to and execute from',
    cure: 'mount one of `/dev/shm`, `/tmp` and `/var/tmp` without noexec, or install tctl with npm',
  },
  PARSE: {
    cause: 'a file of the kernel is not in the format that we know',
    cure: 'report it, with `excerpt`',
  },
} as const satisfies Record<string, ErrorEntry>;
