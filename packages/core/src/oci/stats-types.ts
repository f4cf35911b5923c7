/**
 * What a container uses, in the words of runc's `events --stats` (its types/events.go): bytes, and CPU time in
 * nanoseconds. What is not counted is 0, as it is there. Version 2 is told in version 1's words.
 */
export type Amounts = Readonly<Record<string, bigint>>;

export interface OciMemoryEntry {
  /** 2^64 - 1: no limit. */
  readonly limit: bigint;
  readonly usage: bigint;
  readonly max: bigint;
  readonly failcnt: bigint;
}

export interface OciBlkioEntry {
  readonly major: bigint;
  readonly minor: bigint;
  /** `Read`, `Write`, ... */
  readonly op: string;
  readonly value: bigint;
}

/** `data` of an event of the type `stats`. */
export interface OciStats {
  readonly cpu: {
    readonly usage: {
      readonly total: bigint;
      /** By CPU; version 1 only. */
      readonly percpu?: readonly bigint[];
      readonly kernel: bigint;
      readonly user: bigint;
    };
    readonly throttling: {
      readonly periods: bigint;
      readonly throttledPeriods: bigint;
      readonly throttledTime: bigint;
    };
    readonly psi?: OciPressure;
  };
  readonly memory: {
    readonly cache: bigint;
    readonly usage: OciMemoryEntry;
    /** Memory and swap together. */
    readonly swap: OciMemoryEntry;
    readonly kernel: OciMemoryEntry;
    readonly kernelTCP: OciMemoryEntry;
    readonly raw: Amounts;
    readonly psi?: OciPressure;
  };
  /** A limit of 0: none. */
  readonly pids: { readonly current: bigint; readonly limit: bigint };
  readonly blkio: {
    readonly ioServiceBytesRecursive: readonly OciBlkioEntry[];
    readonly ioServicedRecursive: readonly OciBlkioEntry[];
    readonly psi?: OciPressure;
  };
  /** By the size of the pages: `2MB`. */
  readonly hugetlb: Readonly<Record<string, Amounts>>;
  readonly intel_rdt: object;
  readonly network_interfaces: null;
}

/** Percent of the last 10, 60 and 300 seconds, and microseconds in total. */
export interface OciPressure {
  readonly some?: OciPressureLine;
  readonly full?: OciPressureLine;
}
export interface OciPressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly total: bigint;
}

/** What version 1 and 2 tell in different ways. */
export type StatsOfVersion = Pick<OciStats, 'cpu' | 'memory' | 'blkio'>;
