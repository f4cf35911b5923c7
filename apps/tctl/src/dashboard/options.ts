const looks = {
  all: { short: 'a', about: 'show every cgroup, not only containers of tctl' },
  theme: { value: 'NAME', about: 'dark, light, high-contrast or colour-blind' },
  'no-mouse': { about: 'leave the mouse to the terminal' },
  'no-unicode': { about: 'draw with ASCII alone' },
  plain: { about: 'lines of text instead of a screen, for screen readers and logs' },
} as const;

const help = { help: { about: 'print this' } } as const;

export const dashboardOptions = {
  ...looks,
  'read-only': { about: 'look, and change nothing' },
  interval: { value: 'TIME', about: 'how often to look (default 1s)' },
  demo: { about: 'show made-up containers: needs no root, and changes nothing' },
  containers: { value: 'N', about: 'how many containers the demonstration has (default 24)' },
  seed: { value: 'N', about: 'another demonstration' },
  still: { about: 'a demonstration in which time stands still, for pictures' },
  'print-config': { about: 'print the settings as the configuration file has them, and stop' },
  ...help,
} as const;

export const replayOptions = { ...looks, ...help } as const;
