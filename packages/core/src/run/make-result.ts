import type { CgroupUsage } from '../cgroups/plan.ts';
import type { Ending } from '../launch/ending.ts';
import type { Output } from './follow.ts';
import type { RunOptions } from './options.ts';
import type { Reason, RunResult } from './result.ts';
import type { Collector } from './streams.ts';

/** @param about.usage what the kernel counted for it; without, getrusage(2) tells of the first process. */
export function makeResult(
  of: Pick<RunResult, 'id' | 'command' | 'warnings'>,
  ending: Ending,
  about: {
    endedBy: Reason | undefined;
    output: Output;
    usage: Partial<CgroupUsage> | undefined;
    encoding: RunOptions['encoding'];
  },
): RunResult {
  const { endedBy, output, usage } = about;
  const oomKilled = (usage?.oomKills ?? 0) > 0;
  const decode = (collector: Collector) => {
    const bytes = collector.bytes();
    return (about.encoding === 'buffer' ? bytes : bytes.toString('utf8')) as string;
  };
  return {
    ...of,
    exitCode: ending.exitCode,
    signal: ending.signal,
    reason: reasonOf(ending, endedBy, oomKilled),
    stdout: decode(output.stdout),
    stderr: decode(output.stderr),
    truncated: output.stdout.truncated || output.stderr.truncated,
    timedOut: ending.cause === 'timeout' || endedBy === 'timeout',
    oomKilled,
    maxMemoryBytes: usage?.maxMemoryBytes ?? ending.maxRssBytes,
    cpuUsec: usage?.cpuUsec ?? ending.userUsec + ending.systemUsec,
    wallMs: ending.wallMs,
    startedAt: ending.startedAt,
    finishedAt: ending.finishedAt,
    pidsLimitHits: usage?.pidsLimitHits,
  };
}

export function reasonOf(
  ending: Pick<Ending, 'cause' | 'exitCode' | 'signal'>,
  endedBy: Reason | undefined,
  oomKilled: boolean,
): Reason {
  if (ending.cause === 'ownerGone') return 'aborted';
  if (ending.cause !== 'none') return ending.cause;
  if (endedBy !== undefined) return endedBy;
  // A shell whose child was killed exits with 137 itself; one that copes and exits with 0 did not end by it.
  if (oomKilled && ending.exitCode !== 0) return 'oom';
  return ending.signal === undefined ? 'exit' : 'signal';
}
