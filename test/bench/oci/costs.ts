/**
 * What a call takes of the machine, however busy that is: CPU time, its own and that of the processes that it waits for,
 * as bash has it of getrusage(2), and the most memory at once, ru_maxrss of its largest process, as GNU time(1) prints it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundle } from '../bundle.ts';
import { sleepCommand } from '../oci-sleeper.ts';
import { inPrivateNamespace } from '../private-namespace.ts';
import { median } from '../statistics.ts';
import type { Workplace } from '../workplace.ts';
import { callOf, type RuntimeName } from './runtimes.ts';

export interface Costs {
  readonly runtime: RuntimeName;
  readonly call: string;
  readonly cpuMs: number;
  readonly peakKb: number;
}

const script = `TIMEFORMAT='%3U %3S'; { time command time --quiet --format %M --output "$0" "$@" >/dev/null 2>&1; } 2>"$0.cpu"`;

/** In each turn each runtime makes, starts and removes a container. @throws where a program is missing, or a call fails */
export function measureCosts(place: Workplace, runtimes: readonly RuntimeName[], turns: number): Costs[] {
  const { directory } = makeBundle(place, sleepCommand, true);
  const calls = {
    create: ['create', '--bundle', directory],
    start: ['start'],
    delete: ['delete', '--force'],
  };
  const samples = new Map<string, { cpuMs: number; peakKb: number }[]>();
  for (let turn = 0; turn < turns; turn += 1) {
    for (const runtime of runtimes) {
      const id = place.id();
      for (const [call, words] of Object.entries(calls)) {
        const key = `${runtime} ${call}`;
        const costs = costsOf(place, [...callOf(place, runtime), ...words, id]);
        samples.set(key, [...(samples.get(key) ?? []), costs]);
      }
    }
  }
  return runtimes.flatMap((runtime) =>
    Object.keys(calls).map((call) => {
      const all = samples.get(`${runtime} ${call}`) ?? [];
      const [cpuMs, peakKb] = [median(all.map((each) => each.cpuMs)), median(all.map((each) => each.peakKb))];
      return { runtime, call, cpuMs, peakKb };
    }),
  );
}

function costsOf(place: Workplace, command: readonly string[]): { cpuMs: number; peakKb: number } {
  const output = join(place.directory, 'costs');
  const [file = '', ...args] = inPrivateNamespace(['bash', '-c', script, output, ...command]);
  execFileSync(file, args, { stdio: 'ignore' });
  const seconds = readFileSync(`${output}.cpu`, 'utf8').trim().split(' ').map(Number);
  const cpuMs = seconds.reduce((sum, each) => sum + each, 0) * 1000;
  return { cpuMs, peakKb: Number(readFileSync(output, 'utf8').trim()) };
}
