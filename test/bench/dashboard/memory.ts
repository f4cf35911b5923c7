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

/**
 * The resident memory over so many minutes. Garbage makes it rise and fall, so what tells whether it grows are the
 * lowest values: of each sixth of the time.
 */
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
  const floors = lowestOfParts(rssMiB, 6).map((floor) => floor.toFixed(0));
  return {
    containers,
    minutes,
    rssMiB,
    description: `${containers} containers, ${minutes} minutes: RSS at most ${Math.max(...rssMiB).toFixed(0)} MiB; the lowest of each sixth of the time: ${floors.join(', ')} MiB`,
  };
}

function lowestOfParts(values: readonly number[], parts: number): number[] {
  const size = Math.ceil(values.length / parts);
  return Array.from({ length: parts }, (_, part) =>
    Math.min(...values.slice(part * size, (part + 1) * size)),
  ).filter(Number.isFinite);
}
