import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveMemory, liveMemory } from './live-memory.ts';
import type { Pty } from './pty.ts';
import { residentKb } from './usage.ts';

export interface MemoryRow {
  readonly containers: number;
  readonly minutes: number;
  /** Every ten seconds. */
  readonly rssMiB: readonly number[];
  /** Ten times. */
  readonly live: readonly LiveMemory[];
  readonly description: string;
}

const everyMs = 10_000;

/** The memory over so many minutes: what is resident, and what is left of it where garbage is collected. */
export async function measureMemory(
  open: () => Pty,
  containers: number,
  minutes: number,
): Promise<MemoryRow> {
  await using pty = open();
  await pty.shows(new RegExp(`of ${containers}`));
  const rssMiB: number[] = [];
  const live: LiveMemory[] = [];
  const samples = Math.max(10, Math.round((minutes * 60_000) / everyMs));
  for (let sample = 1; sample <= samples; sample += 1) {
    await sleep(everyMs);
    pty.forget();
    rssMiB.push(residentKb(pty.pid) / 1024);
    if (sample % Math.floor(samples / 10) === 0) live.push(await liveMemory(pty.pid));
  }
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(', ');
  return {
    containers,
    minutes,
    rssMiB,
    live,
    description: `${containers} containers, ${minutes} minutes: RSS at most ${list([Math.max(...rssMiB)])} MiB; after collections, at equal distances: RSS ${list(live.map((each) => each.rssMiB))} MiB, of it live in the main thread ${list(live.map(({ liveMiB }) => liveMiB))} MiB`,
  };
}
