import { isatty } from 'node:tty';
import { type IoLimit, type Limits, parseSize, type RunOptions } from '@tc/core';
import type { OptionValues } from '../cli/options.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { runOptions } from './run-options.ts';

type Values = OptionValues<typeof runOptions>;

/** Docker's words into `run()`'s. Values are checked there; here only what Docker expresses otherwise. */
export function toRunOptions(values: Values): Omit<RunOptions, 'rootfs'> {
  const uid = process.geteuid?.() ?? 0;
  return {
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.hostname === undefined ? {} : { hostname: values.hostname }),
    ...(values.workdir === undefined ? {} : { cwd: values.workdir }),
    ...(values.user === undefined ? {} : { user: values.user }),
    ...(values.timeout === undefined ? {} : { timeout: values.timeout }),
    ...(values['cgroup-parent'] === undefined ? {} : { cgroupParent: values['cgroup-parent'] }),
    cgroups: oneOf('cgroups', values.cgroups ?? 'enabled', ['enabled', 'disabled']),
    network: oneOf('network', values.network ?? 'none', ['none', 'host']),
    namespaces: {
      user:
        oneOf('userns', values.userns ?? (uid === 0 ? 'host' : 'private'), ['private', 'host']) === 'private',
    },
    env: { ...terminal(), ...environment(values.env ?? []) },
    mounts: values.volume ?? [],
    limits: limits(values),
  };
}

function limits(values: Values): Limits {
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

/** As `docker run -t`: what the terminal can do is for whoever draws on it to know. */
function terminal(): Record<string, string | undefined> {
  return isatty(1) ? { TERM: process.env['TERM'] } : {};
}

function environment(variables: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(
    variables.map((variable) => {
      const equals = variable.indexOf('=');
      return equals === -1
        ? [variable, process.env[variable]]
        : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}

function numeric(option: string, text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new UsageError(`--${option} takes a number, not ${JSON.stringify(text)}`);
  return value;
}

function oneOf<const T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    throw new UsageError(`--${option} takes ${allowed.join(' or ')}, not ${JSON.stringify(text)}`);
  }
  return found;
}
