/** The life of a container, call by call, as an engine makes the calls: how long each takes. */
import { makeBundle } from '../bundle.ts';
import { sleepCommand } from '../oci-sleeper.ts';
import type { PrivateNamespace } from '../private-namespace.ts';
import { median, percentile95 } from '../statistics.ts';
import type { Workplace } from '../workplace.ts';
import { callOf, type RuntimeName } from './runtimes.ts';

export interface PhaseTimes {
  readonly runtime: RuntimeName;
  readonly phase: Phase;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly samples: number;
}

export type Phase = 'create' | 'start' | 'state' | 'kill' | 'delete';
const phases: readonly Phase[] = ['create', 'start', 'state', 'kill', 'delete'];

/** Each round has each runtime once, starting with another one each time. */
export async function timePhases(
  place: Workplace,
  inside: PrivateNamespace,
  runtimes: readonly RuntimeName[],
  rounds: number,
): Promise<PhaseTimes[]> {
  const { directory } = makeBundle(place, sleepCommand, true);
  const samples = new Map<string, number[]>();
  for (let round = -2; round < rounds; round += 1) {
    for (let turn = 0; turn < runtimes.length; turn += 1) {
      const runtime = runtimes[(Math.abs(round) + turn) % runtimes.length];
      if (runtime === undefined) continue;
      const id = place.id();
      for (const phase of phases) {
        const command = [...callOf(place, runtime), ...wordsOf(phase, directory, id)];
        const ms = await inside.timeCommands([command]);
        const key = `${runtime} ${phase}`;
        if (round >= 0) samples.set(key, [...(samples.get(key) ?? []), ms]); // the first two warm up
      }
    }
  }
  return runtimes.flatMap((runtime) =>
    phases.map((phase) => {
      const ms = samples.get(`${runtime} ${phase}`) ?? [];
      return { runtime, phase, medianMs: median(ms), p95Ms: percentile95(ms), samples: ms.length };
    }),
  );
}

function wordsOf(phase: Phase, bundle: string, id: string): string[] {
  const words: Record<Phase, string[]> = {
    create: ['create', '--bundle', bundle, id],
    start: ['start', id],
    state: ['state', id],
    kill: ['kill', id, 'KILL'],
    // Without --force runc would look for the end of its process only every 100 ms.
    delete: ['delete', '--force', id],
  };
  return words[phase];
}
