import type { ContainerInfo } from '@tc/core';
import type { ContainerFacts } from '../source/source.ts';

/** Labels that say what belongs together: compose's, and ours. */
const groupLabels = ['tctl.group', 'com.docker.compose.project', 'group'];

export function toFacts(info: ContainerInfo): ContainerFacts {
  const { id, name, state, image, command, createdAt, startedAt, labels, rootfs, limits } = info;
  const group = groupLabels
    .map((label) => labels[label])
    .find((value) => value !== undefined && value !== '');
  return {
    id,
    name,
    state,
    image: image ?? rootfs,
    command,
    group,
    createdAt,
    startedAt,
    ending: state === 'exited' ? endingOf(info) : undefined,
    limits,
    cgroupPath: undefined,
  };
}

/** In as few words as a narrow column has room for. */
export function endingOf({ exit }: Pick<ContainerInfo, 'exit'>): string {
  if (exit === undefined || exit.reason === 'lost') return 'lost';
  if (exit.oomKilled) return 'oom';
  if (exit.timedOut) return 'timeout';
  if (exit.signal !== undefined) return exit.signal.replace(/^SIG/, '');
  return `exit ${exit.exitCode ?? '?'}`;
}
