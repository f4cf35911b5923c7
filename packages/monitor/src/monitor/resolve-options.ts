import { TcError } from '@tc/linux';
import type { Cgroup } from '../cgroups/cgroup.ts';
import { type Hierarchy, readHierarchies } from '../cgroups/hierarchies.ts';
import type { MonitorOptions } from './options.ts';
import { parseInterval } from './parse-interval.ts';

/** Options with nothing optional. */
export interface Resolved {
  readonly intervalMs: number;
  readonly slowEvery: number;
  readonly includes: (cgroup: Cgroup) => boolean;
  readonly names: (cgroup: Cgroup) => string | undefined;
  readonly workerFile: string | undefined;
  readonly hierarchies: readonly Hierarchy[];
  readonly blockedAfterMs: number;
  /** Without blocking for so long, a cgroup that has blocked is one like all others again. */
  readonly trustAfterMs: number;
  readonly maxWatches: number;
}

/** What only tests give. */
export interface InternalOptions {
  readonly hierarchies?: readonly Hierarchy[];
  readonly blockedAfterMs?: number;
  readonly trustAfterMs?: number;
  readonly maxWatches?: number;
}

export function resolveOptions(options: MonitorOptions, internal: InternalOptions): Resolved {
  const { include, slowEvery = 5 } = options;
  if (!Number.isInteger(slowEvery) || slowEvery < 1) {
    throw new TcError(`${JSON.stringify(slowEvery)} is no whole number above 0`, {
      code: 'INVALID_OPTION',
      operation: 'read the option slowEvery of monitor()',
      hint: 'Give how many intervals lie between two readings of expensive files: 5.',
    });
  }
  return {
    intervalMs: parseInterval(options.interval ?? 1000),
    slowEvery,
    includes: typeof include === 'function' ? include : (cgroup) => include?.includes(cgroup.kind) ?? true,
    names: options.names ?? (() => undefined),
    workerFile: options.workerFile,
    hierarchies: internal.hierarchies ?? readHierarchies(),
    blockedAfterMs: internal.blockedAfterMs ?? 2000,
    trustAfterMs: internal.trustAfterMs ?? 120_000,
    maxWatches: internal.maxWatches ?? 4096,
  };
}
