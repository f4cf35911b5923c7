import type { Cgroup } from '../cgroups/cgroup.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import { HappenedState } from './happened.ts';
import { measure } from './measure.ts';
import {
  type ResolvedHappened,
  type ResolvedRule,
  type ResolvedThreshold,
  resolveRule,
} from './resolve-rule.ts';
import type { AlertEvent, AlertRule } from './rule.ts';
import { ThresholdState } from './threshold.ts';

type State = ThresholdState | HappenedState;

/** What rules have to say about each frame. */
export class AlertTracker {
  readonly #rules: readonly ResolvedRule[];
  /** By path, and by the rule's place. */
  readonly #states = new Map<string, { cgroup: Cgroup; readonly byRule: (State | undefined)[] }>();
  #firstMs: number | undefined;

  /** @throws TcError INVALID_OPTION */
  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules.map(resolveRule);
  }

  /** What begins and ends with a frame. Frames have to come in their order. */
  check(frame: Frame): AlertEvent[] {
    this.#firstMs ??= frame.monotonicMs;
    const events: AlertEvent[] = [];
    const here = new Set<string>();
    for (const sample of frame.cgroups) {
      const { cgroup } = sample;
      here.add(cgroup.path);
      if (sample.stale) continue; // it says what was
      const known = this.#states.get(cgroup.path) ?? { cgroup, byRule: [] };
      known.cgroup = cgroup;
      this.#states.set(cgroup.path, known);
      for (const [place, rule] of this.#rules.entries()) {
        if (!rule.includes(cgroup)) continue;
        const event = look(rule, known.byRule, place, sample, frame, () => this.#isOlder(sample, frame));
        if (event !== undefined) events.push(event);
      }
    }
    for (const [path, { cgroup, byRule }] of this.#states) {
      if (here.has(path)) continue;
      this.#states.delete(path);
      for (const [place, { rule, name }] of this.#rules.entries()) {
        const state = byRule[place];
        if (state?.isAlert !== true) continue;
        const since = state.since ?? frame.time;
        events.push({
          kind: 'end',
          name,
          rule,
          cgroup,
          time: frame.time,
          since,
          value: undefined,
          gone: true,
        });
      }
    }
    return events;
  }

  /** Whether a cgroup was there before the first frame, so that some of what it counts may be old. */
  #isOlder({ uptimeMs }: CgroupSample, { monotonicMs, intervalMs }: Frame): boolean {
    const watchedMs = monotonicMs - (this.#firstMs ?? monotonicMs);
    return watchedMs === 0 || (uptimeMs ?? 0) > watchedMs + intervalMs;
  }
}

function look(
  rule: ResolvedRule,
  states: (State | undefined)[],
  place: number,
  sample: CgroupSample,
  frame: Frame,
  isOlder: () => boolean,
): AlertEvent | undefined {
  if (rule.counter !== undefined) {
    const value = sample.figures[rule.counter];
    if (value === undefined) return undefined;
    states[place] ??= new HappenedState(isOlder() ? undefined : 0);
    return lookAtCounter(rule, states[place] as HappenedState, value, sample, frame);
  }
  const value = measure(rule.threshold, sample);
  if (value === undefined) return undefined;
  states[place] ??= new ThresholdState();
  return lookAtValue(rule, states[place] as ThresholdState, value, sample, frame);
}

function lookAtCounter(
  { rule, name, quietMs }: ResolvedHappened,
  state: HappenedState,
  count: number,
  { cgroup }: CgroupSample,
  { time, monotonicMs }: Frame,
): AlertEvent | undefined {
  const kind = state.look(count, { time, monotonicMs }, quietMs);
  if (kind === undefined) return undefined;
  return { kind, name, rule, cgroup, time, since: state.since ?? time, value: state.times };
}

function lookAtValue(
  { rule, name, limits, forMs }: ResolvedThreshold,
  state: ThresholdState,
  value: number,
  { cgroup }: CgroupSample,
  { time, monotonicMs }: Frame,
): AlertEvent | undefined {
  const kind = state.look(value, { time, monotonicMs }, limits, forMs);
  return kind === undefined
    ? undefined
    : { kind, name, rule, cgroup, time, since: state.since ?? time, value };
}
