/** What a recorder and a reader both know of a cgroup after each frame. */
import type { Cgroup } from '../cgroups/cgroup.ts';
import type { Schema } from './schema.ts';

export interface CgroupState {
  readonly cgroup: Cgroup;
  /** By the schema's columns and counters; NaN is undefined. */
  readonly figures: Float64Array;
  readonly rates: Float64Array;
  /** Tenths of a millisecond. */
  ageTenths: number;
  /** By the time of day; NaN where it is not known. */
  bornMs: number;
  /** When its figures were read, by the monotonic clock. */
  readMs: number;
}

export function newState(cgroup: Cgroup, { columns, counters }: Schema): CgroupState {
  return {
    cgroup,
    figures: new Float64Array(columns.length).fill(Number.NaN),
    rates: new Float64Array(counters.length).fill(Number.NaN),
    ageTenths: 0,
    bornMs: Number.NaN,
    readMs: 0,
  };
}

/** The first byte of a sample: what else follows. */
export const sampleFlags = { stale: 1, age: 2, born: 4, figures: 8, rates: 16 } as const;

export function readMsOf(monotonicMs: number, ageTenths: number): number {
  return monotonicMs - ageTenths / 10;
}
