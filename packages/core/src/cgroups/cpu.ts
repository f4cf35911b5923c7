import type { Controller, ControllerVersion, Setting } from './controller.ts';
import { cpuPeriodUsec } from './normalise-limits.ts';

const QUOTA = 'when its share of each 100 ms is used up, the container waits for the next';
const WEIGHT = 'when the CPUs are busy, groups get time in proportion to it; 100 is everybody’s';

const quotaText = (usec: number) => `limit the CPU time to ${usec / cpuPeriodUsec} CPUs`;

/** v1 alone compares with the parent (kernel/sched/core.c, tg_cfs_schedulable_down()). */
const PARENT_HAS_LESS = {
  EINVAL: {
    code: 'INVALID_LIMIT',
    hint: 'The cgroup that it is in may use less CPU time than this: lower cpus.',
  },
  ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: 'The kernel is built without CONFIG_CFS_BANDWIDTH.' },
} as const;

/** Documentation/admin-guide/cgroup-v2.rst, "CPU Interface Files": `QUOTA PERIOD` in microseconds. */
const v2: ControllerVersion = {
  controller: 'cpu',
  figures: [],
  settings({ cpuQuotaUsec, cpuWeight }) {
    const settings: Setting[] = [];
    if (cpuQuotaUsec !== undefined) {
      const value = `${cpuQuotaUsec} ${cpuPeriodUsec}`;
      const diagnose = { ENOENT: PARENT_HAS_LESS.ENOENT };
      settings.push({ file: 'cpu.max', value, what: quotaText(cpuQuotaUsec), why: QUOTA, diagnose });
    }
    if (cpuWeight !== undefined) {
      const what = `set the CPU weight to ${cpuWeight}`;
      settings.push({ file: 'cpu.weight', value: `${cpuWeight}`, what, why: WEIGHT });
    }
    return settings;
  },
  usage: () => ({}),
};

/** v1's default is 1024 and v2's is 100, so one is the other in proportion, as systemd counts too. */
export function sharesOfWeight(weight: number): number {
  // kernel/sched/sched.h, MIN_SHARES and MAX_SHARES.
  return Math.min(Math.max(Math.round((weight * 1024) / 100), 2), 262_144);
}

/** Documentation/scheduler/sched-bwc.rst (microseconds) and sched-design-CFS.rst (shares). */
const v1: ControllerVersion = {
  controller: 'cpu',
  figures: [],
  settings({ cpuQuotaUsec, cpuWeight }) {
    const settings: Setting[] = [];
    if (cpuQuotaUsec !== undefined) {
      const what = quotaText(cpuQuotaUsec);
      const diagnose = PARENT_HAS_LESS;
      const period = { file: 'cpu.cfs_period_us', value: `${cpuPeriodUsec}` };
      settings.push({ ...period, what, why: 'the time to which the quota applies', diagnose });
      settings.push({ file: 'cpu.cfs_quota_us', value: `${cpuQuotaUsec}`, what, why: QUOTA, diagnose });
    }
    if (cpuWeight !== undefined) {
      const what = `set the CPU weight to ${cpuWeight}`;
      settings.push({ file: 'cpu.shares', value: `${sharesOfWeight(cpuWeight)}`, what, why: WEIGHT });
    }
    return settings;
  },
  usage: () => ({}),
};

export const cpu: Controller = { always: false, limits: ['cpuQuotaUsec', 'cpuWeight'], v1, v2 };
