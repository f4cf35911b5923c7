/** Options that commands of several families have. */
import type { OptionTable } from '../cli/options.ts';

export const helpOption = { help: { about: 'print this' } } as const satisfies OptionTable;

export const jsonOption = {
  json: { about: 'as JSON, with everything that is known' },
} as const satisfies OptionTable;

export const formatOption = {
  format: {
    value: 'TEMPLATE',
    complete: ['json', 'table'],
    about: "as the template says, with Docker's names: '{{.ID}}', 'table {{.ID}}\\t{{.Names}}', or json",
  },
} as const satisfies OptionTable;

export const quietOption = { quiet: { short: 'q', about: 'only ids' } } as const satisfies OptionTable;

export const noTruncOption = {
  'no-trunc': { about: 'shorten nothing, however wide the terminal is' },
} as const satisfies OptionTable;

export const exactOption = {
  'no-human': { about: 'exact: sizes in bytes, times as dates' },
} as const satisfies OptionTable;

export const forceOption = {
  force: { short: 'f', about: 'as in Docker; nothing is asked anyway' },
} as const satisfies OptionTable;

const labelFilter = 'label=KEY[=VALUE], or label!=KEY[=VALUE]: without it';

export const pruneLabelOption = {
  filter: {
    value: 'KEY=VALUE',
    complete: ['label=', 'label!='],
    multiple: true,
    about: `only with ${labelFilter}`,
  },
} as const satisfies OptionTable;

export const pruneFilterOption = {
  filter: {
    ...pruneLabelOption.filter,
    complete: ['until=', 'label=', 'label!='],
    about: `only until=TIME: made before 10m (ago), 2026-01-31, ...; ${labelFilter}`,
  },
} as const satisfies OptionTable;

export const detachOptions = {
  'detach-keys': {
    value: 'KEYS',
    complete: ['ctrl-p,ctrl-q'],
    default: 'ctrl-p,ctrl-q',
    env: 'TCTL_DETACH_KEYS',
    about: 'keys that leave it to itself',
  },
} as const satisfies OptionTable;

export const platformOption = {
  platform: {
    value: 'OS/ARCH',
    complete: ['linux/amd64', 'linux/arm64'],
    default: 'this machine’s',
    env: 'TCTL_DEFAULT_PLATFORM',
    about: 'of images for several, e.g. linux/arm64',
  },
} as const satisfies OptionTable;

export const allCgroupsOption = {
  'all-cgroups': { about: "every cgroup of this machine: other runtimes' containers, systemd's units" },
} as const satisfies OptionTable;

export const intervalOption = {
  interval: {
    value: 'TIME',
    complete: ['1s', '5s', '15s'],
    default: '1s',
    about: 'how often to look: 500ms, 5s',
  },
} as const satisfies OptionTable;
