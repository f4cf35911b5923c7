import type { CgroupSample } from '../frames/frame.ts';
import type { AlertRule, HappenedRule, ShareRule } from './rule.ts';

export type ThresholdRule = Exclude<AlertRule, HappenedRule>;

/** What a rule looks at. Undefined where that is not known, and then it neither begins nor ends. */
export function measure(rule: ThresholdRule, sample: CgroupSample): number | undefined {
  const { figures, rates } = sample;
  if ('figure' in rule) {
    const value = figures[rule.figure];
    return value === 'max' ? Number.POSITIVE_INFINITY : value;
  }
  if ('rate' in rule) return rates[rule.rate];
  if ('share' in rule) return share(rule.share, sample);
  const names = {
    cpu: ['cpuPressureSome', 'cpuPressureFull'],
    memory: ['memoryPressureSome', 'memoryPressureFull'],
    io: ['ioPressureSome', 'ioPressureFull'],
  } as const;
  return figures[names[rule.pressure][rule.full ? 1 : 0]];
}

function share(of: ShareRule['share'], { figures, rates }: CgroupSample): number | undefined {
  const cores = rates.cpuUsageUsec === undefined ? undefined : rates.cpuUsageUsec / 1e6;
  const [used, limit] = {
    memory: [figures.memoryBytes, figures.memoryLimitBytes],
    swap: [figures.swapBytes, figures.swapLimitBytes],
    pids: [figures.pids, figures.pidsLimit],
    cpu: [cores, figures.cpuLimitCores],
  }[of];
  if (used === undefined || limit === undefined) return undefined;
  if (limit === 'max') return 0;
  return limit === 0 ? undefined : (used as number) / limit;
}

export const happenedCounters = {
  oom: 'oomKills',
  'pids-limit': 'pidsLimitHits',
  'memory-limit': 'memoryLimitHits',
} as const;

export function nameOf(rule: AlertRule): string {
  if (rule.name !== undefined) return rule.name;
  if ('happened' in rule) return rule.happened;
  const what =
    'figure' in rule
      ? rule.figure
      : 'rate' in rule
        ? `${rule.rate} a second`
        : 'share' in rule
          ? rule.share
          : `${rule.pressure} pressure${rule.full ? ' (full)' : ''}`;
  return rule.above === undefined ? `${what} below ${rule.below}` : `${what} above ${rule.above}`;
}
