import { ParseError } from '../errors.ts';
import { parseU64, splitLines } from './scan.ts';

/** One line of a pressure file. */
export interface PressureLine {
  /** Percent of the last 10, 60 and 300 seconds in which tasks stalled, 0 to 100. */
  avg10: number;
  avg60: number;
  avg300: number;
  /** Stall time since the group was made, in microseconds. */
  totalUs: bigint;
}

/** `some`: at least one task stalled. `full`: all tasks that were not idle stalled at once. */
export interface Pressure {
  some?: PressureLine;
  full?: PressureLine;
}

const FORMAT = 'pressure';

function parseLine(words: string[], line: string): PressureLine {
  const values = new Map(words.map((word) => word.split('=', 2) as [string, string | undefined]));
  const read = (key: string, shape: RegExp): string => {
    const value = values.get(key);
    if (value === undefined || !shape.test(value)) throw new ParseError(FORMAT, `no ${key}`, line);
    return value;
  };
  const percent = (key: string) => Number(read(key, /^\d{1,3}\.\d{2}$/));
  return {
    avg10: percent('avg10'),
    avg60: percent('avg60'),
    avg300: percent('avg300'),
    totalUs: parseU64(FORMAT, read('total', /^\d+$/)),
  };
}

/**
 * Parses pressure stall information, /proc/pressure/* and a cgroup's *.pressure (kernel:
 * Documentation/accounting/psi.rst). `cpu` has no `full` line before Linux 5.13, `irq` has no `some`.
 */
export function parsePressure(text: string): Pressure {
  const pressure: Pressure = {};
  for (const line of splitLines(text)) {
    const [kind, ...words] = line.split(' ');
    if (kind === 'some' || kind === 'full') pressure[kind] = parseLine(words, line);
    else if (kind === '') throw new ParseError(FORMAT, 'a line without a name', text);
  }
  if (pressure.some === undefined && pressure.full === undefined) {
    throw new ParseError(FORMAT, 'neither "some" nor "full"', text);
  }
  return pressure;
}
