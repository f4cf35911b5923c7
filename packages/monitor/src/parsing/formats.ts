/** The formats that cgroup files have: each makes a function that parses a file's bytes into an array of figures. */
import { decimalAt, nextLine, nextWord, numberAt, numberOrMax, startsWith, word } from './bytes.ts';

/** Parses `bytes` up to `end` into `into`; it sets all that it knows, to NaN where the file does not say. */
export type Parse = (bytes: Uint8Array, end: number, into: Float64Array) => void;

/** `12345` or `max`. */
export function single(slot: number, scale = 1): Parse {
  return (bytes, end, into) => {
    into[slot] = numberOrMax(bytes, end) * scale;
  };
}

/**
 * A limit of v1's memory controller. Unlimited is the most pages that a counter can have, in bytes, which depends on
 * the size of a page: mm/page_counter.c, PAGE_COUNTER_MAX.
 */
export function v1MemoryLimit(slot: number): Parse {
  return (bytes, end, into) => {
    const value = numberAt(bytes, 0, end);
    into[slot] = value > 2 ** 62 ? Number.POSITIVE_INFINITY : value;
  };
}

/** cpu.cfs_quota_us: -1 is unlimited. */
export function v1Quota(slot: number): Parse {
  return (bytes, end, into) => {
    into[slot] = end > 0 && bytes[0] === 45 ? Number.POSITIVE_INFINITY : numberAt(bytes, 0, end);
  };
}

export interface Key {
  readonly name: string;
  readonly slot: number;
  readonly scale?: number;
}

interface WantedKey {
  readonly prefix: Uint8Array;
  readonly slot: number;
  readonly scale: number;
}

const wanted = (keys: readonly Key[], after: string): readonly WantedKey[] =>
  keys.map(({ name, slot, scale = 1 }) => ({ prefix: word(`${name}${after}`), slot, scale }));

/** Lines of `key value`: memory.stat, cpu.stat, memory.events. */
export function flatKeyed(keys: readonly Key[]): Parse {
  const all = wanted(keys, ' ');
  return (bytes, end, into) => {
    for (const { slot } of all) into[slot] = Number.NaN;
    let left = all.length;
    for (let at = 0; at < end && left > 0; at = nextLine(bytes, at, end)) {
      for (const { prefix, slot, scale } of all) {
        if (!startsWith(bytes, at, end, prefix)) continue;
        into[slot] = numberAt(bytes, at + prefix.length, end) * scale;
        left -= 1;
        break;
      }
    }
  };
}

/** Lines of `254:0 key=value key=value`: io.stat. Sums over all devices; a file without lines is 0 of everything. */
export function nestedSum(keys: readonly Key[]): Parse {
  const all = wanted(keys, '=');
  return (bytes, end, into) => {
    for (const { slot } of all) into[slot] = 0;
    for (let line = 0; line < end; line = nextLine(bytes, line, end)) {
      for (let at = nextWord(bytes, line, end); at !== -1; at = nextWord(bytes, at, end)) {
        for (const { prefix, slot, scale } of all)
          if (startsWith(bytes, at, end, prefix))
            addTo(into, slot, numberAt(bytes, at + prefix.length, end) * scale);
      }
    }
  };
}

/**
 * Lines of `254:0 Read 4096`, and a last one `Total 8192`: v1's blkio.throttle files. Sums over all devices. Where no
 * device has a line nothing was counted, which is undefined and not 0: see docs/monitor.md.
 */
export function blkioSum(keys: readonly Key[]): Parse {
  const all = wanted(keys, ' ');
  return (bytes, end, into) => {
    for (const { slot } of all) into[slot] = Number.NaN;
    for (let line = 0; line < end; line = nextLine(bytes, line, end)) {
      const at = nextWord(bytes, line, end);
      if (at === -1) continue;
      for (const { prefix, slot, scale } of all) {
        if (!startsWith(bytes, at, end, prefix)) continue;
        const value = numberAt(bytes, at + prefix.length, end) * scale;
        into[slot] = (Number.isNaN(into[slot]) ? 0 : (into[slot] as number)) + value;
      }
    }
  };
}

/** `50000 100000` or `max 100000`: cpu.max, in cores. */
export function quotaAndPeriod(slot: number): Parse {
  return (bytes, end, into) => {
    const period = nextWord(bytes, 0, end);
    into[slot] = period === -1 ? Number.NaN : numberOrMax(bytes, end) / numberAt(bytes, period, end);
  };
}

const SOME = word('some ');
const FULL = word('full ');
const AVG10 = word('avg10=');
const TOTAL = word('total=');

/** Documentation/accounting/psi.rst. Shares are 0 to 1 here, and per cent there. */
export function pressure(slots: { some: number; full: number; someTotal: number; fullTotal: number }): Parse {
  return (bytes, end, into) => {
    for (const slot of Object.values(slots)) into[slot] = Number.NaN;
    for (let line = 0; line < end; line = nextLine(bytes, line, end)) {
      const isSome = startsWith(bytes, line, end, SOME);
      if (!isSome && !startsWith(bytes, line, end, FULL)) continue;
      for (let at = nextWord(bytes, line, end); at !== -1; at = nextWord(bytes, at, end)) {
        if (startsWith(bytes, at, end, AVG10))
          into[isSome ? slots.some : slots.full] = decimalAt(bytes, at + AVG10.length, end) / 100;
        else if (startsWith(bytes, at, end, TOTAL))
          into[isSome ? slots.someTotal : slots.fullTotal] = numberAt(bytes, at + TOTAL.length, end);
      }
    }
  };
}

function addTo(into: Float64Array, slot: number, value: number): void {
  into[slot] = (into[slot] as number) + value;
}
