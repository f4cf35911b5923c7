import type { Controller, ControllerVersion } from './controller.ts';
import { keyed, toNumber } from './figures.ts';

/**
 * Documentation/admin-guide/cgroup-v2.rst, "PID", and cgroup-v1/pids.rst: the files are the same. They count tasks,
 * that is threads too. pids.events since Linux 4.8; `max` is how often a fork failed (EAGAIN) for the limit.
 */
const version: ControllerVersion = {
  controller: 'pids',
  figures: ['pids.events'],
  settings: ({ pids: max }) =>
    typeof max === 'number'
      ? [
          {
            file: 'pids.max',
            value: `${max}`,
            what: `set the limit of processes to ${max}`,
            why: 'a fork bomb fills only its own container: a fork beyond it fails with EAGAIN',
          },
        ]
      : [],
  usage: (figures) => ({ pidsLimitHits: toNumber(keyed(figures, 'pids.events', 'max')) }),
};

export const pids: Controller = { always: true, limits: ['pids'], v1: version, v2: version };
