import type { ContainerOptions, RunOptions } from '@tc/core';
import { isTerminal } from '../cli/is-terminal.ts';
import { parseLabels } from '../cli/labels.ts';
import { inSeconds } from '../cli/moments.ts';
import { oneOf } from '../cli/numbers.ts';
import type { OptionValues } from '../cli/options.ts';
import { parseSignal } from '../cli/signals.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { keptOptions, processOptions } from '../table/option-groups.ts';
import type { containerOptions } from '../table/run-options.ts';
import { linesOfFile } from './lines-of-file.ts';
import { toLimits } from './to-limits.ts';
import { toMounts } from './to-mounts.ts';
import { toSecurity } from './to-security.ts';

type Values = OptionValues<typeof containerOptions>;

/** Docker's words into those of `run()` and `Container.create()`. Values are checked there; here only what Docker expresses otherwise. */
export function toRunOptions(values: Values): Omit<ContainerOptions, 'rootfs' | 'command' | 'stdin'> {
  return {
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.hostname === undefined ? {} : { hostname: values.hostname }),
    ...(values.workdir === undefined ? {} : { cwd: values.workdir }),
    ...(values.user === undefined ? {} : { user: values.user }),
    ...(values['group-add'] === undefined ? {} : { groups: values['group-add'] }),
    ...(values.timeout === undefined ? {} : { timeout: values.timeout }),
    ...(values['cpu-time'] === undefined ? {} : { cpuTime: values['cpu-time'] }),
    ...(values['cgroup-parent'] === undefined ? {} : { cgroupParent: values['cgroup-parent'] }),
    ...(values.device === undefined ? {} : { devices: values.device }),
    ...(values.init ? { init: true } : {}),
    cgroups: oneOf('cgroups', values.cgroups ?? 'enabled', ['enabled', 'disabled']),
    network: network(values.network ?? 'none'),
    namespaces: {
      user: userNamespace(values.userns),
      ...(values.uts && { uts: oneOf('uts', values.uts, ['private', 'host']) }),
    },
    env: { ...terminalType(values.tty ?? false), ...variablesOf(values) },
    mounts: toMounts(values),
    limits: toLimits(values),
    ...toSecurity(values),
  };
}

/** What only a container that stays has. */
export function toKeptOptions(
  values: OptionValues<typeof keptOptions>,
): Pick<ContainerOptions, 'labels' | 'stopSignal' | 'stopTimeout' | 'logs'> {
  const {
    label,
    'label-file': labelFiles = [],
    'stop-signal': signal,
    'stop-timeout': timeout,
    'log-size': logSize,
  } = values;
  const labels = [...labelFiles.flatMap((file) => linesOfFile('label-file', file)), ...(label ?? [])];
  return {
    ...(labels.length === 0 ? {} : { labels: parseLabels(labels) }),
    ...(signal === undefined ? {} : { stopSignal: parseSignal('stop-signal', signal) }),
    ...(timeout === undefined ? {} : { stopTimeout: inSeconds(timeout) }),
    ...(logSize === undefined ? {} : { logs: { maxBytes: logSize } }),
  };
}

function network(text: string): NonNullable<RunOptions['network']> {
  const container = /^container:(.+)$/s.exec(text)?.[1];
  if (container !== undefined) return `container:${container}`;
  if (text === 'none' || text === 'host') return text;
  throw new UsageError(
    `--network takes none, host or container:NAME, not ${JSON.stringify(text)}`,
    'There is no bridge yet: host shares the network of this machine, and its ports.',
  );
}

export function userNamespace(text: string | undefined): boolean | 'self' {
  const uid = process.geteuid?.() ?? 0;
  const chosen = oneOf('userns', text ?? (uid === 0 ? 'host' : 'private'), ['private', 'self', 'host']);
  return chosen === 'self' ? 'self' : chosen === 'private';
}

/** What the terminal can do is for whoever draws on it to know. A terminal of its own gets xterm's, as Docker's do. */
export function terminalType(tty: boolean): Record<string, string | undefined> {
  const isOne = isTerminal(1);
  const own = isOne ? process.env['TERM'] : undefined;
  if (tty) return { TERM: own || 'xterm' };
  return isOne ? { TERM: own } : {};
}

/** Of files and of options, which go before those. @throws UsageError */
export function variablesOf({
  env = [],
  'env-file': files = [],
}: OptionValues<typeof processOptions>): Record<string, string | undefined> {
  return environment([...files.flatMap((file) => linesOfFile('env-file', file)), ...env]);
}

/** @returns undefined for what is not set here */
export function environment(variables: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(
    variables.map((variable) => {
      const equals = variable.indexOf('=');
      return equals === -1
        ? [variable, process.env[variable]]
        : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}
