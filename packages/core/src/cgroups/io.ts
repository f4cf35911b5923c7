import type { Controller, ControllerVersion, Setting } from './controller.ts';
import type { NormalIoLimit } from './limits.ts';
import { formatSize } from './size.ts';

const WHY = 'requests above the rate wait, so that others get their turn at the disk';

const DIAGNOSES = {
  ENODEV: {
    code: 'INVALID_LIMIT',
    hint: 'There is no such disk; a partition has no limit of its own, so name its disk (lsblk).',
  },
  ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: 'The kernel is built without CONFIG_BLK_DEV_THROTTLING.' },
} as const;

/** Each kind of rate with its name in v2's io.max and its v1 file. */
const RATES = [
  { key: 'readBps', v2: 'rbps', v1: 'read_bps', text: (rate: number) => `reads to ${formatSize(rate)}/s` },
  { key: 'writeBps', v2: 'wbps', v1: 'write_bps', text: (rate: number) => `writes to ${formatSize(rate)}/s` },
  { key: 'readIops', v2: 'riops', v1: 'read_iops', text: (rate: number) => `reads to ${rate} a second` },
  { key: 'writeIops', v2: 'wiops', v1: 'write_iops', text: (rate: number) => `writes to ${rate} a second` },
] as const;

function ratesOf(limit: NormalIoLimit): { v1: string; v2: string; text: string; rate: number }[] {
  return RATES.flatMap(({ key, v1, v2, text }) => {
    const rate = limit[key];
    return rate === undefined ? [] : [{ v1, v2, text: text(rate), rate }];
  });
}

/** Documentation/admin-guide/cgroup-v2.rst, "IO Interface Files": `MAJOR:MINOR KEY=VALUE...`, bytes a second. */
const v2: ControllerVersion = {
  controller: 'io',
  figures: [],
  settings: ({ io = [] }) =>
    io.map((limit): Setting => {
      const rates = ratesOf(limit);
      return {
        file: 'io.max',
        value: `${limit.device} ${rates.map(({ v2, rate }) => `${v2}=${rate}`).join(' ')}`,
        what: `limit ${rates.map(({ text }) => text).join(' and ')} on ${limit.name}`,
        why: WHY,
        diagnose: DIAGNOSES,
      };
    }),
  usage: () => ({}),
};

/**
 * Documentation/admin-guide/cgroup-v1/blkio-controller.rst, "Throttling/Upper limit policy files". Only direct and
 * synchronous IO is seen: what the page cache writes back later belongs to no group.
 */
const v1: ControllerVersion = {
  controller: 'blkio',
  figures: [],
  settings: ({ io = [] }) =>
    io.flatMap((limit) =>
      ratesOf(limit).map(
        ({ v1, text, rate }): Setting => ({
          file: `blkio.throttle.${v1}_device`,
          value: `${limit.device} ${rate}`,
          what: `limit ${text} on ${limit.name}`,
          why: WHY,
          diagnose: DIAGNOSES,
        }),
      ),
    ),
  usage: () => ({}),
};

export const io: Controller = { always: false, limits: ['io'], v1, v2 };
