/** Starts a container again, as long as the process that started it lives. */
import { setTimeout as sleep } from 'node:timers/promises';
import { invalid } from '../run/invalid.ts';
import type { ContainerOptions } from './options.ts';

export interface RestartPolicy {
  /** Also where it ended by itself with exit code 0. */
  readonly always: boolean;
  /** So many times in a row. */
  readonly atMost: number;
}

/** @throws TcError INVALID_OPTION */
export function parseRestart(restart: ContainerOptions['restart'] = 'no'): RestartPolicy {
  if (restart === 'no') return { always: false, atMost: 0 };
  if (restart === 'always') return { always: true, atMost: Number.POSITIVE_INFINITY };
  if (restart === 'on-failure') return { always: false, atMost: Number.POSITIVE_INFINITY };
  const times = /^on-failure:([1-9]\d{0,5})$/.exec(String(restart))?.[1];
  if (times !== undefined) return { always: false, atMost: Number(times) };
  const hint = 'Use no, always, on-failure, or on-failure:3 for at most three times in a row.';
  invalid(`${JSON.stringify(restart)} is no policy`, 'set the restart policy', hint);
}

/** How long to wait: the first time, at most, and how long a run must last for all to begin anew. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly steadyMs: number;
}

const usualBackOff: BackOff = { firstMs: 100, longestMs: 60_000, steadyMs: 10_000 };

export interface Rerun {
  /** The end of the run that goes on now; false where it failed, which is to be lost or not to start, too. */
  readonly ended: Promise<boolean>;
}

/**
 * @param start what runs it again; undefined where that is no longer wanted
 * @param keepAlive whether this process waits for it: see `ref` of timers
 */
export async function keepRunning(
  { always, atMost }: RestartPolicy,
  first: Rerun,
  start: () => Promise<Rerun | undefined>,
  { keepAlive, backOff = usualBackOff }: { keepAlive: boolean; backOff?: BackOff },
): Promise<void> {
  let [restarts, delayMs] = [0, backOff.firstMs];
  let run: Rerun | undefined = first;
  while (run !== undefined) {
    const begun = performance.now();
    const succeeded = await run.ended;
    if (performance.now() - begun >= backOff.steadyMs) [restarts, delayMs] = [0, backOff.firstMs];
    if ((succeeded && !always) || restarts >= atMost) return;
    restarts += 1;
    await sleep(delayMs, undefined, { ref: keepAlive });
    delayMs = Math.min(delayMs * 2, backOff.longestMs);
    run = await start();
  }
}
