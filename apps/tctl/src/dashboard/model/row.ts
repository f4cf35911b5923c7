import type { CgroupSample } from '@tc/monitor';
import type { ContainerFacts, Update } from '../source/source.ts';

export type RowState = ContainerFacts['state'] | 'cgroup' | 'group';

/** One line of the table, with what columns show and sort by taken out of its sample. */
export interface Row {
  /** A container's id, a cgroup's path, or `group:NAME`. */
  readonly key: string;
  readonly name: string;
  readonly state: RowState;
  readonly group: string | undefined;
  readonly facts: ContainerFacts | undefined;
  readonly sample: CgroupSample | undefined;
  readonly uptimeMs: number | undefined;
  /** Cores in use. */
  readonly cpu: number | undefined;
  readonly cpuLimit: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly pids: number | undefined;
  readonly pidsLimit: number | undefined;
  readonly readRate: number | undefined;
  readonly writeRate: number | undefined;
  readonly receiveRate: number | undefined;
  readonly transmitRate: number | undefined;
  readonly oomKills: number | undefined;
  /** Share of the periods in which it had used up its CPU limit. */
  readonly throttled: number | undefined;
  /** PSI: share of the last 10 s in which something waited for memory, CPU or a disk: the highest of the three. */
  readonly pressure: number | undefined;
}

export type Scope = 'own' | 'all';

/** Of the newest update: its rows are needed for graphs, and for the list. */
let newest: { readonly update: Update; readonly rows: readonly Row[] } | undefined;

/**
 * Containers of ours, also those that don't run; and, with scope `all`, every cgroup that is sampled. Cgroups of tctl
 * that nothing is known of are of another user, or another runtime directory.
 */
export function makeRows(update: Update | undefined, scope: Scope): readonly Row[] {
  if (update === undefined) return [];
  if (newest?.update !== update) newest = { update, rows: allRows(update) };
  const { rows } = newest;
  return scope === 'all' ? rows : rows.slice(0, update.containers.length);
}

/** Containers first. */
function allRows({ frame, containers }: Update): readonly Row[] {
  const paths = new Set(containers.map(({ cgroupPath }) => cgroupPath));
  const samples = new Map<string, CgroupSample>();
  const others: Row[] = [];
  for (const sample of frame.cgroups) {
    const { path } = sample.cgroup;
    if (paths.has(path)) samples.set(path, sample);
    else others.push(new SampledRow(undefined, sample, frame.time));
  }
  const own = containers.map(
    (facts) => new SampledRow(facts, samples.get(facts.cgroupPath ?? ''), frame.time),
  );
  return [...own, ...others];
}

/** Takes figures out of its sample when they are asked for: of a thousand rows, forty are in sight. */
class SampledRow implements Row {
  readonly facts: ContainerFacts | undefined;
  readonly sample: CgroupSample | undefined;
  readonly key: string;
  readonly name: string;
  readonly #now: Date;

  constructor(facts: ContainerFacts | undefined, sample: CgroupSample | undefined, now: Date) {
    this.facts = facts;
    this.sample = sample;
    this.key = facts?.id ?? sample?.cgroup.path ?? '';
    this.name = facts?.name ?? sample?.cgroup.name ?? '';
    this.#now = now;
  }

  get state(): RowState {
    return this.facts?.state ?? (this.sample?.cgroup.kind === 'tctl' ? 'running' : 'cgroup');
  }

  get group(): string | undefined {
    return this.facts?.group;
  }

  get uptimeMs(): number | undefined {
    const { facts, sample } = this;
    if (facts !== undefined && facts.state !== 'running' && facts.state !== 'paused') return undefined;
    if (facts?.startedAt === undefined) return sample?.uptimeMs;
    return Math.max(0, this.#now.getTime() - facts.startedAt.getTime());
  }

  get cpu(): number | undefined {
    const usec = this.sample?.rates.cpuUsageUsec;
    return usec === undefined ? undefined : usec / 1e6;
  }

  get cpuLimit(): number | undefined {
    return finite(this.sample?.figures.cpuLimitCores);
  }

  get memoryBytes(): number | undefined {
    return this.sample?.figures.memoryBytes;
  }

  get memoryLimitBytes(): number | undefined {
    return finite(this.sample?.figures.memoryLimitBytes);
  }

  get pids(): number | undefined {
    return this.sample?.figures.pids;
  }

  get pidsLimit(): number | undefined {
    return finite(this.sample?.figures.pidsLimit);
  }

  get readRate(): number | undefined {
    return this.sample?.rates.ioReadBytes;
  }

  get writeRate(): number | undefined {
    return this.sample?.rates.ioWriteBytes;
  }

  get receiveRate(): number | undefined {
    return this.sample?.rates.networkReceiveBytes;
  }

  get transmitRate(): number | undefined {
    return this.sample?.rates.networkTransmitBytes;
  }

  get oomKills(): number | undefined {
    return this.sample?.figures.oomKills;
  }

  get throttled(): number | undefined {
    return shareOf(this.sample?.rates.cpuThrottledPeriods, this.sample?.rates.cpuPeriods);
  }

  get pressure(): number | undefined {
    const figures = this.sample?.figures;
    return highest(figures?.cpuPressureSome, figures?.memoryPressureSome, figures?.ioPressureSome);
  }
}

function finite(limit: number | 'max' | undefined): number | undefined {
  return limit === 'max' ? undefined : limit;
}

function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined) return undefined;
  return whole > 0 ? Math.min(1, part / whole) : 0;
}

function highest(...values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** All of a group in one row. */
export function sumOf(key: string, name: string, rows: readonly Row[]): Row {
  const sum = (read: (row: Row) => number | undefined) => {
    const known = rows.map(read).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
  };
  return {
    key,
    name,
    state: 'group',
    group: name,
    facts: undefined,
    sample: undefined,
    uptimeMs: undefined,
    cpu: sum(({ cpu }) => cpu),
    cpuLimit: undefined,
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    memoryLimitBytes: undefined,
    pids: sum(({ pids }) => pids),
    pidsLimit: undefined,
    readRate: sum(({ readRate }) => readRate),
    writeRate: sum(({ writeRate }) => writeRate),
    receiveRate: sum(({ receiveRate }) => receiveRate),
    transmitRate: sum(({ transmitRate }) => transmitRate),
    oomKills: sum(({ oomKills }) => oomKills),
    throttled: undefined,
    pressure: undefined,
  };
}
