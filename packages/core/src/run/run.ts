import type { Socket } from 'node:net';
import { constants as os } from 'node:os';
import { TcError } from '@tc/linux';
import { parseSize } from '../cgroups/size.ts';
import { compileLaunch } from '../launch/compile.ts';
import type { Ending } from '../launch/ending.ts';
import type { LaunchProgram } from '../launch/program.ts';
import { launch, type Supervisor } from '../launch/supervisor.ts';
import { ensureRuntimeDirectory } from '../state/runtime-directory.ts';
import type { RunOptions } from './options.ts';
import { type Resolved, resolveRun } from './resolve.ts';
import { type Reason, RunError, type RunResult } from './result.ts';
import { Collector, openStreams } from './streams.ts';

/** A container that runs, and the promise of its result. */
export interface Run<Output = string> extends Promise<RunResult<Output>> {
  readonly id: string;
  /** The pid of its first process on the host. Rejects where the launch failed. */
  readonly started: Promise<number>;
  /** Our ends of the streams that were piped. */
  readonly stdin: Socket | undefined;
  readonly stdout: Socket | undefined;
  readonly stderr: Socket | undefined;
  /**
   * Sends a signal to its first process. As any first process of a PID namespace, that gets only the signals
   * that it has a handler for, and SIGKILL and SIGSTOP: pid_namespaces(7).
   * @returns false where it is gone already.
   */
  kill(signal?: NodeJS.Signals | number): boolean;
  /** Ends it: `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs a command in a new container and waits for its end.
 *
 * The container dies with this process. A non-zero exit code resolves too, unless `reject` is set.
 *
 * @example await run(['sh', '-c', 'ps; hostname'], { rootfs, limits: { memory: '64m', pids: 20 } })
 * @throws (rejects) TcError for options that can't be used, SyscallError where a step of the launch fails,
 *   RunError with `reject: true`.
 */
export function run(command: readonly string[], options: RunOptions & { encoding: 'buffer' }): Run<Buffer>;
export function run(command: readonly string[], options: RunOptions): Run;
export function run(command: readonly string[], options: RunOptions): Run | Run<Buffer> {
  try {
    return start(command, options);
  } catch (error) {
    return failedRun(error);
  }
}

/** What `run` would do, without doing it: the launch program for `explain`. Needs no privilege. */
export function compileRun(command: readonly string[], options: RunOptions): LaunchProgram {
  return compileLaunch(resolveRun(command, options).spec);
}

function start(command: readonly string[], options: RunOptions): Run {
  const { signal } = options;
  if (signal?.aborted) {
    throw new TcError('the signal was aborted before the start', {
      code: 'ABORTED',
      operation: 'run a container',
      cause: signal.reason,
    });
  }
  const limitBytes = parseSize(options.maxOutput ?? '64m', 'set maxOutput');
  const resolved = resolveRun(command, options);
  const program = compileLaunch(resolved.spec);
  ensureRuntimeDirectory(resolved.spec.runtimeDirectory);
  const streams = openStreams(options);
  let supervisor: Supervisor;
  try {
    supervisor = launch(program, {
      id: resolved.spec.id,
      stdio: streams.stdio,
      figureNames: resolved.spec.cgroup?.figures.map(({ name }) => name) ?? [],
    });
  } catch (error) {
    for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
    throw error;
  } finally {
    streams.closeTheirEnds();
  }

  let endedBy: Reason | undefined;
  const end = (reason: Reason) => {
    endedBy ??= reason;
    supervisor.signal(os.signals.SIGKILL);
  };
  const stdout = new Collector(streams.stdout, limitBytes, () => end('output'));
  const stderr = new Collector(streams.stderr, limitBytes, () => end('output'));
  const abort = () => end('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  streams.stdin?.on('error', () => {}); // EPIPE: the container need not read all its input
  if (options.input !== undefined) streams.stdin?.end(options.input);

  const result = (async () => {
    try {
      const ending = await supervisor.ended;
      streams.stdin?.destroy();
      await Promise.all([stdout.done, stderr.done]);
      const outcome = makeResult(command, resolved, ending, endedBy, { stdout, stderr }, options);
      if (options.reject && (outcome.exitCode !== 0 || outcome.reason !== 'exit'))
        throw new RunError(outcome);
      return outcome;
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
    }
  })();

  return Object.assign(result, {
    id: resolved.spec.id,
    started: supervisor.started,
    stdin: streams.stdin,
    stdout: streams.stdout,
    stderr: streams.stderr,
    kill: (name: NodeJS.Signals | number = 'SIGTERM') =>
      supervisor.signal(typeof name === 'number' ? name : os.signals[name]),
    [Symbol.asyncDispose]: async () => {
      end('aborted');
      await result.catch(() => {});
    },
  });
}

function makeResult(
  command: readonly string[],
  { spec, cgroups, warnings }: Resolved,
  ending: Ending,
  endedBy: Reason | undefined,
  output: { stdout: Collector; stderr: Collector },
  options: RunOptions,
): RunResult {
  const usage = cgroups?.usage(ending.figures);
  const oomKilled = (usage?.oomKills ?? 0) > 0;
  const decode = (collector: Collector) => {
    const bytes = collector.bytes();
    return (options.encoding === 'buffer' ? bytes : bytes.toString('utf8')) as string;
  };
  return {
    id: spec.id,
    command,
    exitCode: ending.exitCode,
    signal: ending.signal,
    reason: reasonOf(ending, endedBy, oomKilled),
    stdout: decode(output.stdout),
    stderr: decode(output.stderr),
    truncated: output.stdout.truncated || output.stderr.truncated,
    timedOut: ending.cause === 'timeout',
    oomKilled,
    maxMemoryBytes: usage?.maxMemoryBytes ?? ending.maxRssBytes,
    cpuUsec: usage?.cpuUsec ?? ending.userUsec + ending.systemUsec,
    wallMs: ending.wallMs,
    pidsLimitHits: usage?.pidsLimitHits,
    warnings,
  };
}

function reasonOf(ending: Ending, endedBy: Reason | undefined, oomKilled: boolean): Reason {
  if (ending.cause === 'timeout') return 'timeout';
  if (endedBy !== undefined) return endedBy;
  // A shell whose child was killed exits with 137 itself; one that copes and exits with 0 did not end by it.
  if (oomKilled && ending.exitCode !== 0) return 'oom';
  return ending.signal === undefined ? 'exit' : 'signal';
}

function failedRun(error: unknown): Run {
  const rejected = Promise.reject(error);
  rejected.catch(() => {}); // the caller's await still sees it
  return Object.assign(rejected, {
    id: '',
    started: rejected,
    stdin: undefined,
    stdout: undefined,
    stderr: undefined,
    kill: () => false,
    [Symbol.asyncDispose]: async () => {},
  }) as unknown as Run;
}
