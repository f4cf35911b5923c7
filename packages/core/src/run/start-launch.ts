import { closeSync } from 'node:fs';
import type { TcError } from '@tc/linux';
import { stepDown } from '../cgroups/delegation-leaf.ts';
import { rotateJournal } from '../events/journal.ts';
import { compileLaunch } from '../launch/compile.ts';
import { mapIds } from '../launch/map-ids.ts';
import { makesStateDirectory } from '../launch/phases/state-directory.ts';
import type { LaunchSpec } from '../launch/spec.ts';
import { streamOwner } from '../launch/stream-owner.ts';
import { launch, type Supervisor } from '../launch/supervisor.ts';
import { nameTaken } from '../state/name-taken.ts';
import { ensureRuntimeDirectory } from '../state/runtime-directory.ts';
import { prepareStorage } from '../volumes/prepare-storage.ts';
import { openNetwork } from './join-network.ts';
import type { RunOptions } from './options.ts';
import { openStreams, type StreamOptions, type Streams } from './streams.ts';

export interface Launched {
  readonly supervisor: Supervisor;
  readonly streams: Streams;
}

/** The state directory is what reserves a name. */
function isTakenName({ code, operation }: TcError, { runtimeDirectory, id }: LaunchSpec): boolean {
  return code === 'CONTAINER_EXISTS' && operation === makesStateDirectory(`${runtimeDirectory}/${id}`);
}

/** Everything from the spec to a supervisor that runs: nothing is left where it fails. @throws TcError */
export function startLaunch(
  spec: LaunchSpec,
  streamOptions: StreamOptions,
  network: RunOptions['network'],
): Launched {
  const program = compileLaunch(spec);
  ensureRuntimeDirectory(spec.runtimeDirectory);
  rotateJournal(spec.runtimeDirectory);
  prepareStorage(spec);
  if (spec.cgroup?.stepDownFrom !== undefined) stepDown(spec.cgroup.stepDownFrom);
  const { user } = spec.namespaces;
  const given = spec.namespaces.joinNetwork ? [openNetwork(network, spec.runtimeDirectory)] : [];
  const streams = openStreams(streamOptions, streamOwner(spec));
  try {
    const supervisor = launch(program, {
      id: spec.id,
      stdio: streams.stdio,
      figureNames: spec.cgroup?.figures.map(({ name }) => name) ?? [],
      given,
      takeTerminal: spec.terminal?.logged === false,
      explain: (error) => (isTakenName(error, spec) ? nameTaken(spec.runtimeDirectory, spec.id) : error),
      ...(user?.mapper !== 'newuidmap' ? {} : { mapIds: (pid: number) => mapIds(pid, user) }),
    });
    return { supervisor, streams };
  } catch (error) {
    for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
    throw error;
  } finally {
    streams.closeTheirEnds();
    for (const fd of given) closeSync(fd);
  }
}
