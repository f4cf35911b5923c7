import { availableParallelism, loadavg, release } from 'node:os';
import { type Case, interleave } from './interleave.ts';
import { median, percentile95 } from './statistics.ts';
import { table } from './table.ts';

export interface Group {
  readonly title: string;
  /** The first is what the others are compared with. */
  readonly cases: readonly Case[];
}

export interface Measurement {
  readonly group: string;
  readonly name: string;
  readonly atOnce: number;
  /** From the start of the first to the end of the last. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Of the medians, to the first case of the group in the same rounds. */
  readonly ratio: number;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface Measured {
  readonly measurements: Measurement[];
  /** What can't be measured here. */
  readonly skipped: Skipped[];
}

/** Each case one at a time, and eight at once. */
export async function measureGroups(groups: readonly Group[], rounds: number): Promise<Measured> {
  const measured: Measured = { measurements: [], skipped: [] };
  for (const { title, cases } of groups) {
    const fit: Case[] = [];
    for (const each of cases) {
      const reason = await warmUp(each);
      if (reason === undefined) fit.push(each);
      else measured.skipped.push({ name: each.name, reason });
    }
    for (const atOnce of [1, 8]) {
      const samples = await interleave(fit, {
        rounds: atOnce === 1 ? rounds : Math.ceil(rounds / 4),
        atOnce,
      });
      const reference = median(samples[0] ?? []);
      fit.forEach(({ name }, index) => {
        const ms = samples[index] ?? [];
        measured.measurements.push({
          group: title,
          name,
          atOnce,
          medianMs: median(ms),
          p95Ms: percentile95(ms),
          ratio: median(ms) / reference,
        });
      });
    }
  }
  return measured;
}

/** @returns why it can't be measured, or undefined. */
async function warmUp({ measure }: Case): Promise<string | undefined> {
  try {
    for (let turn = 0; turn < 5; turn += 1) await measure(1);
    await measure(8);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function machine(): string {
  const load = loadavg().map((value) => value.toFixed(1));
  return `Linux ${release()}, ${availableParallelism()} CPUs, Node.js ${process.version}, load ${load.join(' ')}`;
}

export function printMeasurements({ measurements, skipped }: Measured): void {
  const groups = Map.groupBy(
    measurements,
    ({ group, atOnce }) => `${group}, ${atOnce === 1 ? 'one' : atOnce} at a time`,
  );
  for (const [title, rows] of groups) {
    const cells = rows.map(({ name, medianMs, p95Ms, ratio }) => [
      name,
      medianMs.toFixed(2),
      p95Ms.toFixed(2),
      ratio.toFixed(2),
    ]);
    console.log(`\n${table([title, 'median ms', 'p95 ms', 'ratio'], cells)}`);
  }
  for (const { name, reason } of skipped) console.log(`\nskipped: ${name}: ${reason.split('\n')[0]}`);
}

/** @throws where it is no number above 0 */
export function parseCount(text: string, option: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${option} takes a number above 0`);
  return count;
}

export function needRoot(): void {
  if (process.geteuid?.() !== 0) throw new Error('run it as root: runc and limits need it');
}
