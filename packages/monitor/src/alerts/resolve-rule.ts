import { TcError } from '@tc/linux';
import type { Cgroup } from '../cgroups/cgroup.ts';
import type { CounterName } from '../figures/table.ts';
import { happenedCounters, nameOf, type ThresholdRule } from './measure.ts';
import type { AlertRule } from './rule.ts';
import { type Limits, limitsOf } from './threshold.ts';

interface ResolvedCommon {
  readonly rule: AlertRule;
  readonly name: string;
  readonly includes: (cgroup: Cgroup) => boolean;
}

export interface ResolvedThreshold extends ResolvedCommon {
  readonly threshold: ThresholdRule;
  readonly limits: Limits;
  readonly forMs: number;
  readonly counter?: undefined;
}

export interface ResolvedHappened extends ResolvedCommon {
  readonly counter: CounterName;
  readonly quietMs: number;
}

export type ResolvedRule = ResolvedThreshold | ResolvedHappened;

/** @throws TcError INVALID_OPTION */
export function resolveRule(rule: AlertRule): ResolvedRule {
  const common = { rule, name: nameOf(rule), includes: rule.include ?? (() => true) };
  if ('happened' in rule) {
    const quietMs = milliseconds(rule.quiet ?? '1m', common.name);
    return { ...common, counter: happenedCounters[rule.happened], quietMs };
  }
  const limits = limitsOf(rule);
  if (limits === undefined) {
    throw new TcError('it has no threshold, two of them, or ends beyond where it begins', {
      code: 'INVALID_OPTION',
      operation: `make the alert ${JSON.stringify(common.name)}`,
      hint: 'Give one of above and below, and clear on the other side of it.',
    });
  }
  return { ...common, threshold: rule, limits, forMs: milliseconds(rule.for ?? 0, common.name) };
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

function milliseconds(time: string | number, name: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(String(time)) ?? [];
  const ms = typeof time === 'number' ? time : Number(digits) * units[unit as keyof typeof units];
  if (ms >= 0 && Number.isFinite(ms)) return ms;
  throw new TcError(`${JSON.stringify(time)} is not a time`, {
    code: 'INVALID_OPTION',
    operation: `make the alert ${JSON.stringify(name)}`,
    hint: 'Give milliseconds, or a text such as 500ms, 30s, 2m.',
  });
}
