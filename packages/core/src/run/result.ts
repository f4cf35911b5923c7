import { TcError } from '@tc/linux';

/** Why the container ended. */
export type Reason = 'exit' | 'signal' | 'oom' | 'timeout' | 'cpu' | 'output' | 'aborted';

export interface RunResult<Output = string> {
  /** The name of the container. */
  readonly id: string;
  readonly command: readonly string[];
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly reason: Reason;
  /** Empty unless it was piped. */
  readonly stdout: Output;
  readonly stderr: Output;
  /** stdout or stderr passed `maxOutput`; what came before is kept. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
  /** The kernel's OOM killer ended a process of the container, not necessarily the first. */
  readonly oomKilled: boolean;
  /** Highest memory use of the whole container; without cgroups the largest resident set of one process. */
  readonly maxMemoryBytes: number;
  /** CPU time of all its processes. */
  readonly cpuUsec: number;
  /** From the clone to the end of the first process. */
  readonly wallMs: number;
  /** By the clock of the day, which may be set meanwhile. */
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date;
  /** Forks that the pids limit refused; undefined without cgroups. */
  readonly pidsLimitHits: number | undefined;
  /** Limits that were asked for and could not be set, with `onUnsupported: 'warn'`. */
  readonly warnings: readonly string[];
}

/** Thrown with `reject: true` where a container did not exit with 0. Carries the result. */
export class RunError<Output = string> extends TcError {
  override readonly name = 'RunError';
  readonly result: RunResult<Output>;

  constructor(result: RunResult<Output>) {
    super(describe(result), {
      code: 'RUN_FAILED',
      operation: `run ${result.command.join(' ')}`,
      hint: result.reason === 'oom' ? 'raise the memory limit, or make the command use less' : undefined,
    });
    this.result = result;
  }
}

function describe(result: RunResult<unknown>): string {
  const how = result.signal === undefined ? `exit code ${result.exitCode}` : result.signal;
  switch (result.reason) {
    case 'oom':
      return `out of memory (${how}, at most ${result.maxMemoryBytes} bytes in use)`;
    case 'timeout':
      return 'ran longer than its timeout';
    case 'output':
      return 'wrote more than maxOutput';
    case 'aborted':
      return 'aborted';
    default:
      return how;
  }
}
