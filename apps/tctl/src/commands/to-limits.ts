import { type IoLimit, type Limits, parseSize } from '@tc/core';
import { numeric } from '../cli/numbers.ts';
import type { OptionValues } from '../cli/options.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { limitOptions } from '../table/option-groups.ts';

type Values = OptionValues<typeof limitOptions>;

/** Docker's words into the library's. Values are checked there; here only what Docker expresses otherwise. */
export function toLimits(values: Values): Limits {
  const [pidsOption, pids] =
    values['pids-limit'] === undefined ? ['pids', values.pids] : ['pids-limit', values['pids-limit']];
  const io = ioLimits(values);
  return {
    memory: values.memory,
    memoryHigh: values['memory-high'],
    memoryLow: values['memory-reservation'],
    memorySwap: swap(values),
    // Docker: -1 and 0 are no limit.
    pids: pids === undefined ? undefined : pids === '-1' || pids === '0' ? 'max' : numeric(pidsOption, pids),
    cpus: cpus(values),
    cpuWeight: cpuWeight(values),
    cpuset: values['cpuset-cpus'],
    io: io.length === 0 ? undefined : io,
  };
}

/** A quota in each period is so many cores. */
function cpus(values: Values): number | undefined {
  const { cpus: cores, 'cpu-quota': quota, 'cpu-period': period } = values;
  if (cores !== undefined) return numeric('cpus', cores);
  if (quota !== undefined) return numeric('cpu-quota', quota) / numeric('cpu-period', period ?? '100000');
  if (period === undefined) return undefined;
  throw new UsageError('--cpu-period needs --cpu-quota', 'Or say both in one: --cpus 0.5.');
}

/** Shares of v1 into a weight of v2, as every runtime does: its least is 1, its most 10000. */
function cpuWeight(values: Values): number | undefined {
  const { 'cpu-weight': weight, 'cpu-shares': shares } = values;
  if (weight !== undefined) return numeric('cpu-weight', weight);
  if (shares === undefined || shares === '0') return undefined; // Docker: 0 is the usual share
  const given = Math.min(Math.max(numeric('cpu-shares', shares), 2), 262_144);
  return 1 + Math.floor(((given - 2) * 9999) / 262_142);
}

/** Docker counts memory and swap together; the kernel's v2, and `run()`, count swap on its own. */
function swap(values: Values): number | 'max' | undefined {
  const total = values['memory-swap'];
  if (total === undefined) return undefined;
  if (total === '-1') return 'max';
  if (values.memory === undefined) throw new UsageError('--memory-swap needs --memory');
  const bytes = parseSize(total, 'set --memory-swap') - parseSize(values.memory, 'set --memory');
  if (bytes < 0)
    throw new UsageError('--memory-swap is memory and swap together', 'Give at least as much as --memory.');
  return bytes;
}

function ioLimits(values: Values): IoLimit[] {
  const rates = [
    ['device-read-bps', 'readBps'],
    ['device-write-bps', 'writeBps'],
    ['device-read-iops', 'readIops'],
    ['device-write-iops', 'writeIops'],
  ] as const;
  return rates.flatMap(([option, key]) =>
    (values[option] ?? []).map((text): IoLimit => {
      const colon = text.lastIndexOf(':');
      const [device, rate] = [text.slice(0, colon), text.slice(colon + 1)];
      if (colon < 1) throw new UsageError(`--${option} takes DEVICE:RATE, not ${JSON.stringify(text)}`);
      return { device, [key]: option.endsWith('iops') ? numeric(option, rate) : rate };
    }),
  );
}
