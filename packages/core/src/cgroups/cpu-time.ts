import type { Controller, ControllerVersion } from './controller.ts';
import { counter, keyed, nsToUsec, toNumber } from './figures.ts';

/**
 * Documentation/admin-guide/cgroup-v2.rst, "CPU Interface Files": these keys of cpu.stat, in microseconds, are in
 * every cgroup, with the cpu controller or without.
 */
const v2: ControllerVersion = {
  controller: undefined,
  figures: ['cpu.stat'],
  settings: () => [],
  usage: (figures) => ({
    cpuUsec: toNumber(keyed(figures, 'cpu.stat', 'usage_usec')),
    cpuUserUsec: toNumber(keyed(figures, 'cpu.stat', 'user_usec')),
    cpuSystemUsec: toNumber(keyed(figures, 'cpu.stat', 'system_usec')),
  }),
};

/**
 * Documentation/admin-guide/cgroup-v1/cpuacct.rst; nanoseconds. usage_user and usage_sys since Linux 4.7: sampled at
 * each clock tick, they need not add up to the usage, which is exact (v2's are scaled so that they do).
 */
const v1: ControllerVersion = {
  controller: 'cpuacct',
  figures: ['cpuacct.usage', 'cpuacct.usage_user', 'cpuacct.usage_sys'],
  settings: () => [],
  usage: (figures) => ({
    cpuUsec: nsToUsec(counter(figures, 'cpuacct.usage')),
    cpuUserUsec: nsToUsec(counter(figures, 'cpuacct.usage_user')),
    cpuSystemUsec: nsToUsec(counter(figures, 'cpuacct.usage_sys')),
  }),
};

/** CPU time used. The limits on it are the cpu controller's. */
export const cpuTime: Controller = { always: true, limits: [], v1, v2 };
