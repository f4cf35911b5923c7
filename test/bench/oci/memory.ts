/** The most memory that a call has at once: ru_maxrss of its largest process, as GNU time(1) prints it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../bundle.ts';
import { sleepCommand } from '../oci-sleeper.ts';
import { inPrivateNamespace } from '../private-namespace.ts';
import { median } from '../statistics.ts';
import type { Workplace } from '../workplace.ts';
import { callOf, type RuntimeName } from './runtimes.ts';

export interface PeakMemory {
  readonly runtime: RuntimeName;
  readonly call: string;
  readonly peakKb: number;
}

const times = 5;

/** @throws where time(1) is missing, or a call fails */
export function peakMemory(place: Workplace, runtime: RuntimeName): PeakMemory[] {
  const { directory } = makeBundle(place, sleepCommand, true);
  const calls = {
    create: ['create', '--bundle', directory],
    start: ['start'],
    delete: ['delete', '--force'],
  };
  const peaks = new Map<string, number[]>();
  for (let turn = 0; turn < times; turn += 1) {
    const id = place.id();
    for (const [call, words] of Object.entries(calls)) {
      const kb = peakOf(place, [...callOf(place, runtime), ...words, id]);
      peaks.set(call, [...(peaks.get(call) ?? []), kb]);
    }
  }
  return [...peaks].map(([call, kb]) => ({ runtime, call, peakKb: median(kb) }));
}

function peakOf(place: Workplace, command: readonly string[]): number {
  const output = join(place.directory, 'time');
  const timed = ['time', '--quiet', '--format', '%M', '--output', output, ...command];
  const [file = '', ...args] = inPrivateNamespace(timed);
  execFileSync(file, args, { stdio: 'ignore' });
  return Number(readFileSync(output, 'utf8').trim());
}
