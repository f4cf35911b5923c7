import { type Arguments, type Options, readJsonOption, usage } from './arguments.ts';

export const updateOptions: Options = {
  resources: { kind: 'value', short: 'r', about: 'a file with linux.resources, or - for stdin' },
  memory: { kind: 'value', about: 'limit in bytes' },
  'memory-reservation': { kind: 'value', about: 'soft limit in bytes' },
  'memory-swap': { kind: 'value', about: 'memory and swap in bytes, -1 for no limit' },
  'cpu-share': { kind: 'value', about: 'share under contention, 2 to 262144' },
  'cpu-quota': { kind: 'value', about: 'microseconds in each period' },
  'cpu-period': { kind: 'value', about: 'the period in microseconds' },
  'cpuset-cpus': { kind: 'value', about: 'CPUs it may use' },
  'cpuset-mems': { kind: 'value', about: 'memory nodes it may use' },
  'pids-limit': { kind: 'value', about: 'processes and threads' },
  'blkio-weight': { kind: 'value', about: '10 to 1000' },
};

/** As linux.resources. @throws TcError USAGE */
export function resourcesOf(args: Arguments): unknown {
  const file = args.value('resources');
  if (file !== undefined) return readJsonOption('resources', file === '-' ? 0 : file);
  const number = (name: string) => {
    const text = args.value(name);
    if (text === undefined) return undefined;
    if (/^-?\d+$/.test(text)) return Number(text);
    throw usage(`--${name} takes a number, and not ${JSON.stringify(text)}`);
  };
  return {
    memory: {
      limit: number('memory'),
      reservation: number('memory-reservation'),
      swap: number('memory-swap'),
    },
    cpu: {
      shares: number('cpu-share'),
      quota: number('cpu-quota'),
      period: number('cpu-period'),
      cpus: args.value('cpuset-cpus'),
      mems: args.value('cpuset-mems'),
    },
    pids: { limit: number('pids-limit') ?? 0 },
    blockIO: { weight: number('blkio-weight') },
  };
}
