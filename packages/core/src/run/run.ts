import { TcError } from '@tc/linux';
import { parseSize } from '../cgroups/size.ts';
import { compileLaunch } from '../launch/compile.ts';
import type { LaunchProgram } from '../launch/program.ts';
import { failedRun, follow, type Run } from './follow.ts';
import { makeResult } from './make-result.ts';
import type { RunOptions } from './options.ts';
import { resolveRun } from './resolve.ts';
import { startLaunch } from './start-launch.ts';

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
  return compileLaunch(resolveRun(command, options, true).spec);
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
  return follow(startLaunch(resolved.spec, options, options.network), {
    id: resolved.spec.id,
    options,
    timeoutMs: resolved.spec.timeoutMs,
    mayLeave: false,
    limitBytes,
    toResult: (ending, endedBy, output) =>
      makeResult({ id: resolved.spec.id, command, warnings: resolved.warnings }, ending, {
        endedBy,
        output,
        usage: resolved.cgroups?.usage(ending.figures),
        encoding: options.encoding,
      }),
  });
}
