import type { Cgroup } from '../cgroups/cgroup.ts';
import type { CounterName, FigureName } from '../figures/table.ts';

interface Common {
  /** What the alert is called. Default: the rule in words, `memory above 0.9`. */
  readonly name?: string;
  /** For which cgroups. Default all. */
  readonly include?: (cgroup: Cgroup) => boolean;
}

interface Threshold extends Common {
  /** It begins beyond one of the two. */
  readonly above?: number;
  readonly below?: number;
  /** How long it has to be so before it begins: `30s`, or milliseconds. Default 0. */
  readonly for?: string | number;
  /** It ends when the value is back beyond this one, so that it does not flicker. Default: 5 % from the threshold. */
  readonly clear?: number;
}

/** A gauge or limit as it is. */
export interface FigureRule extends Threshold {
  readonly figure: FigureName;
}

/** What a counter grows by in a second. CPU in cores is `rate: 'cpuUsageUsec'` by 1e6. */
export interface RateRule extends Threshold {
  readonly rate: CounterName;
}

/** What is used of a limit, 0 to 1. Where there is no limit there is no alert. */
export interface ShareRule extends Threshold {
  readonly share: 'memory' | 'swap' | 'pids' | 'cpu';
}

/** PSI: the share of the last 10 s, 0 to 1, in which some or all tasks waited. */
export interface PressureRule extends Threshold {
  readonly pressure: 'cpu' | 'memory' | 'io';
  /** All tasks waited, and not only some. */
  readonly full?: boolean;
}

/** Something happened that ends as soon as it has begun: it stays an alert until it has been quiet for some time. */
export interface HappenedRule extends Common {
  /** `oom`: the OOM killer ended a process. `pids-limit`: a fork was refused. `memory-limit`: usage met the hard limit. */
  readonly happened: 'oom' | 'pids-limit' | 'memory-limit';
  /** For how long it must not happen. Default `1m`. */
  readonly quiet?: string | number;
}

export type AlertRule = FigureRule | RateRule | ShareRule | PressureRule | HappenedRule;

export interface AlertEvent {
  readonly kind: 'begin' | 'end';
  readonly name: string;
  readonly rule: AlertRule;
  readonly cgroup: Cgroup;
  readonly time: Date;
  /** When it began, or was so first, where it had to be so for a time. */
  readonly since: Date;
  /** What the rule looks at; for what happened, how often since the alert began. Undefined where the cgroup is gone. */
  readonly value: number | undefined;
  /** `end`: the cgroup is no more. */
  readonly gone?: true;
}
