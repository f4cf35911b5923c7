import { type IoLimit, type Limits, parseSize } from '@tc/core';
import { numeric } from '../cli/numbers.ts';
import type { OptionValues } from '../cli/options.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { limitOptions } from './option-groups.ts';

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
    cpus: values.cpus === undefined ? undefined : numeric('cpus', values.cpus),
    cpuWeight: values['cpu-weight'] === undefined ? undefined : numeric('cpu-weight', values['cpu-weight']),
    cpuset: values['cpuset-cpus'],
    io: io.length === 0 ? undefined : io,
  };
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
