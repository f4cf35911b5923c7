/** The file `exited`: how the last run of a container ended. */

import { currentCgroupManager } from '../cgroups/current.ts';
import type { ContainerExit } from '../container/options.ts';
import { decodeEnding, type Ending } from '../launch/ending.ts';
import { messages, recordSize } from '../launch/protocol.ts';
import type { Reason } from '../run/result.ts';
import { decodeRunning } from './running-file.ts';

/** All that is known where the supervisor was killed, or the machine restarted. */
export function lostExit(startedAt: Date | undefined): ContainerExit {
  return {
    exitCode: undefined,
    signal: undefined,
    reason: 'lost',
    startedAt,
    finishedAt: undefined,
    oomKilled: false,
    timedOut: false,
    maxMemoryBytes: undefined,
    cpuUsec: undefined,
    wallMs: undefined,
    pidsLimitHits: undefined,
  };
}

/**
 * A supervisor's record; or what was the file `running` of a run that was lost.
 * @param figureNames those that the run was launched with
 */
export function decodeExited(bytes: Buffer, figureNames: readonly string[]): ContainerExit {
  const running = decodeRunning(bytes);
  const complete = bytes.length >= recordSize(figureNames.length);
  if (running !== undefined || !complete || bytes.readUInt32LE(0) !== messages.ended) {
    return lostExit(running?.startedAt);
  }
  const ending = decodeEnding(bytes, figureNames);
  const usage = currentCgroupManager().usage(ending.figures);
  const oomKilled = (usage.oomKills ?? 0) > 0;
  return {
    exitCode: ending.exitCode,
    signal: ending.signal,
    reason: reasonOf(ending, oomKilled),
    startedAt: ending.startedAt,
    finishedAt: ending.finishedAt,
    oomKilled,
    timedOut: ending.cause === 'timeout',
    maxMemoryBytes: usage.maxMemoryBytes ?? ending.maxRssBytes,
    cpuUsec: usage.cpuUsec ?? ending.userUsec + ending.systemUsec,
    wallMs: ending.wallMs,
    pidsLimitHits: usage.pidsLimitHits,
  };
}

function reasonOf({ cause, exitCode, signal }: Ending, oomKilled: boolean): Reason {
  if (cause === 'ownerGone') return 'aborted';
  if (cause !== 'none') return cause;
  // A shell whose child was killed exits with 137 itself; one that copes and exits with 0 did not end by it.
  if (oomKilled && exitCode !== 0) return 'oom';
  return signal === undefined ? 'exit' : 'signal';
}
