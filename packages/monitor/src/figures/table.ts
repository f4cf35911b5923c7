/**
 * Every figure that is sampled of a cgroup: one table, from which follow the slots in shared memory, the columns of
 * recordings, and the names in the API. v1, v2 and hybrid hosts give the same names and units.
 *
 * Figures are float64: exact up to 2^53, which is 9 PB of IO or 285 years of CPU time in microseconds.
 */

/**
 * - `gauge`: what is so now. `limit`: a gauge that may be `'max'`, unlimited.
 * - `counter`: grows, and begins anew with the cgroup. Rates are made of these.
 */
export type FigureKind = 'gauge' | 'limit' | 'counter';

export interface FigureSpec {
  readonly kind: FigureKind;
  /** Read at a slower pace, or only for what somebody looks at: its file is expensive for the kernel to make. */
  readonly expensive?: true;
}

export const figureTable = {
  memoryBytes: { kind: 'gauge' },
  /** What can't be reclaimed easily: in use, less inactive file pages; cAdvisor's definition. */
  memoryWorkingSetBytes: { kind: 'gauge', expensive: true },
  memoryLimitBytes: { kind: 'limit' },
  memoryPeakBytes: { kind: 'gauge' },
  memoryAnonBytes: { kind: 'gauge', expensive: true },
  memoryFileBytes: { kind: 'gauge', expensive: true },
  memoryKernelBytes: { kind: 'gauge', expensive: true },
  swapBytes: { kind: 'gauge' },
  swapLimitBytes: { kind: 'limit' },
  /** Processes that the OOM killer ended. */
  oomKills: { kind: 'counter' },
  /** How often usage met the hard limit, and memory.high. */
  memoryLimitHits: { kind: 'counter' },
  memoryHighHits: { kind: 'counter' },

  /** Processes and threads. */
  pids: { kind: 'gauge' },
  pidsLimit: { kind: 'limit' },
  pidsPeak: { kind: 'gauge' },
  /** Forks that the limit refused. */
  pidsLimitHits: { kind: 'counter' },

  cpuUsageUsec: { kind: 'counter' },
  cpuUserUsec: { kind: 'counter' },
  cpuSystemUsec: { kind: 'counter' },
  /** CPU time in cores: 0.5 is half of one. */
  cpuLimitCores: { kind: 'limit' },
  cpuPeriods: { kind: 'counter' },
  cpuThrottledPeriods: { kind: 'counter' },
  cpuThrottledUsec: { kind: 'counter' },

  /** Of all devices together. */
  ioReadBytes: { kind: 'counter', expensive: true },
  ioWriteBytes: { kind: 'counter', expensive: true },
  ioReadOperations: { kind: 'counter', expensive: true },
  ioWriteOperations: { kind: 'counter', expensive: true },

  /** Of all interfaces of its network namespace but lo; undefined where that is the host's. */
  networkReceiveBytes: { kind: 'counter' },
  networkTransmitBytes: { kind: 'counter' },
  networkReceivePackets: { kind: 'counter' },
  networkTransmitPackets: { kind: 'counter' },

  /** PSI: share of the last 10 s, 0 to 1, in which some or all tasks waited, and all such time so far. */
  cpuPressureSome: { kind: 'gauge' },
  cpuPressureFull: { kind: 'gauge' },
  cpuPressureSomeUsec: { kind: 'counter' },
  cpuPressureFullUsec: { kind: 'counter' },
  memoryPressureSome: { kind: 'gauge' },
  memoryPressureFull: { kind: 'gauge' },
  memoryPressureSomeUsec: { kind: 'counter' },
  memoryPressureFullUsec: { kind: 'counter' },
  ioPressureSome: { kind: 'gauge' },
  ioPressureFull: { kind: 'gauge' },
  ioPressureSomeUsec: { kind: 'counter' },
  ioPressureFullUsec: { kind: 'counter' },
} as const satisfies Record<string, FigureSpec>;

export type FigureName = keyof typeof figureTable;

type NamesOf<K extends FigureKind> = {
  [N in FigureName]: (typeof figureTable)[N]['kind'] extends K ? N : never;
}[FigureName];
export type CounterName = NamesOf<'counter'>;
export type LimitName = NamesOf<'limit'>;

/** What is undefined the kernel does not say, or was not read yet. */
export type Figures = {
  readonly [N in FigureName]: N extends LimitName ? number | 'max' | undefined : number | undefined;
};

/**
 * What a counter grew by in a second, since the sample before, by the monotonic clock. Undefined with the first
 * sample, and after a counter began anew.
 */
export type Rates = { readonly [N in CounterName]: number | undefined };
