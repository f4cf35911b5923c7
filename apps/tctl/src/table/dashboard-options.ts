import type { OptionTable } from '../cli/options.ts';
import { helpOption } from './shared-options.ts';

const looks = {
  all: { short: 'a', about: 'show every cgroup, not only containers of tctl' },
  theme: {
    value: 'NAME',
    complete: ['dark', 'light', 'high-contrast', 'colour-blind'],
    about: 'dark, light, high-contrast or colour-blind',
  },
  'no-mouse': { about: 'leave the mouse to the terminal' },
  'no-unicode': { about: 'draw with ASCII alone' },
  plain: { about: 'lines of text instead of a screen, for screen readers and logs' },
} as const satisfies OptionTable;

export const dashboardOptions = {
  ...looks,
  'read-only': { about: 'look, and change nothing' },
  interval: { value: 'TIME', complete: ['1s', '5s'], default: '1s', about: 'how often to look' },
  demo: { about: 'show made-up containers: needs no root, and changes nothing' },
  containers: {
    value: 'N',
    complete: 'nothing',
    default: '24',
    about: 'how many containers the demonstration has',
  },
  seed: { value: 'N', complete: 'nothing', default: '1', about: 'another demonstration' },
  still: { about: 'a demonstration in which time stands still, for pictures' },
  'print-config': { about: 'print the settings as the configuration file has them, and stop' },
  ...helpOption,
} as const satisfies OptionTable;

export const replayOptions = { ...looks, ...helpOption } as const satisfies OptionTable;
