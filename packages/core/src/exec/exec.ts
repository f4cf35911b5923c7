import { closeSync } from 'node:fs';

import { type AccountFiles, accountsOfRoot, pidfdOpen, TcError } from '@tc/linux';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { parseSize } from '../cgroups/size.ts';
import { pinRunningRoot } from '../files/container-root.ts';
import { compileExec } from '../launch/compile-exec.ts';
import { streamOwner } from '../launch/stream-owner.ts';
import { launch } from '../launch/supervisor.ts';
import { parseDuration } from '../run/duration.ts';
import { failedRun, follow, type Run } from '../run/follow.ts';
import { makeResult } from '../run/make-result.ts';
import type { Launched } from '../run/start-launch.ts';
import { openStreams } from '../run/streams.ts';
import { notRunning } from '../state/errors.ts';
import type { LaunchFile } from '../state/launch-file.ts';
import { pinRunning } from '../state/pin-running.ts';
import { readLaunch } from '../state/state-directory.ts';
import { oomKills } from './oom-kills.ts';
import type { ExecOptions } from './options.ts';
import { resolveExec } from './resolve-exec.ts';

const operation = 'run a command in a container';
const verb = 'run a command in';

/** @param name for errors */
export function execIn(
  stateDirectory: string,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Run {
  try {
    return start(stateDirectory, name, command, options);
  } catch (error) {
    return failedRun(error);
  }
}

function start(stateDirectory: string, name: string, command: readonly string[], options: ExecOptions): Run {
  if (options.signal?.aborted) {
    const { reason: cause } = options.signal;
    throw new TcError('the signal was aborted before the start', { code: 'ABORTED', operation, cause });
  }
  const limitBytes = parseSize(options.maxOutput ?? '64m', 'set maxOutput');
  const container = readLaunch(stateDirectory);
  if (container === undefined) throw notRunning(name, verb);
  const before = oomKills(container);
  const whenKilled = () => (oomKills(container) > before ? outOfMemory() : notRunning(name, verb));
  return follow(launchCommand({ stateDirectory, name, command, container, options, whenKilled }), {
    id: container.id,
    options,
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'set the timeout'),
    mayLeave: true,
    limitBytes,
    toResult: (ending, endedBy, output) =>
      makeResult({ id: container.id, command, warnings: [] }, ending, {
        endedBy,
        output,
        usage: { oomKills: oomKills(container) - before },
        encoding: options.encoding,
      }),
  });
}

/** Memory was short, or else it went with the container. */
function outOfMemory(): TcError {
  return new TcError('the kernel killed it before it ran', {
    code: 'MEMORY_LIMIT_TOO_LOW',
    operation,
    hint: 'The container’s memory limit is below what it needs: raise it.',
  });
}

interface Start {
  readonly stateDirectory: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly container: LaunchFile;
  readonly options: ExecOptions;
  readonly whenKilled: () => TcError;
}

function launchCommand({ stateDirectory, name, command, container, options, whenKilled }: Start): Launched {
  if (isContainerCgroupFrozen(container.cgroups)) {
    throw new TcError(`${name} is paused`, {
      code: 'CONTAINER_PAUSED',
      operation,
      hint: 'Resume it first: what joins it would stand still too.',
    });
  }
  const spec = resolveExec(command, container, options, accountsOf(stateDirectory));
  const program = compileExec(spec);
  const pidfd = pinRunning(stateDirectory, ({ pid }) => pidfdOpen(pid), closeSync);
  if (pidfd === undefined) throw notRunning(name, verb);
  try {
    const streams = openStreams(options, streamOwner(spec));
    try {
      const supervisor = launch(program, {
        id: container.id,
        stdio: streams.stdio,
        figureNames: [],
        given: [pidfd],
        takeTerminal: options.tty !== undefined && options.tty !== false,
        whenKilled,
      });
      return { supervisor, streams };
    } catch (error) {
      for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
      throw error;
    } finally {
      streams.closeTheirEnds();
    }
  } finally {
    closeSync(pidfd);
  }
}

/** As its processes see them at the moment. */
function accountsOf(stateDirectory: string): AccountFiles {
  const read = (file: keyof AccountFiles): string => {
    using root = pinRunningRoot(stateDirectory)?.pin;
    return root === undefined ? '' : accountsOfRoot(root)[file]();
  };
  return { passwd: () => read('passwd'), group: () => read('group') };
}
