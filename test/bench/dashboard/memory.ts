import { setTimeout as sleep } from 'node:timers/promises';
import type { Pty } from './pty.ts';
import { residentKb } from './usage.ts';

export interface MemoryRow {
  readonly containers: number;
  readonly minutes: number;
  /** Every ten seconds. */
  readonly rssMiB: readonly number[];
  readonly description: string;
}

const everyMs = 10_000;

/** The resident memory over so many minutes, and the line through what is left when the first third is taken away. */
export async function measureMemory(
  open: () => Pty,
  containers: number,
  minutes: number,
): Promise<MemoryRow> {
  await using pty = open();
  await pty.shows(new RegExp(`of ${containers}`));
  const rssMiB: number[] = [];
  const endMs = performance.now() + minutes * 60_000;
  while (performance.now() < endMs) {
    await sleep(everyMs);
    pty.forget();
    rssMiB.push(residentKb(pty.pid) / 1024);
  }
  const settled = rssMiB.slice(Math.floor(rssMiB.length / 3));
  const perHour = slope(settled) * (3_600_000 / everyMs);
  const range = (values: readonly number[]) =>
    `${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)}`;
  return {
    containers,
    minutes,
    rssMiB,
    description: `${containers} containers, ${minutes} minutes: RSS ${range(rssMiB)} MiB, in the last two thirds ${range(settled)} MiB, by a line through them ${perHour.toFixed(1)} MiB an hour`,
  };
}

/** Of the straight line with the least squares, a sample. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const below = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return above / below;
}
