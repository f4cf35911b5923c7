import { Container, type ContainerInfo } from '@tc/core';
import type { CgroupSample } from '@tc/monitor';
import type { LiveFrame } from '../live/frames.ts';

export interface Selected {
  readonly samples: readonly CgroupSample[];
  /** Containers that were asked for and do not run, have no cgroup, or were not read yet. */
  readonly resting: readonly ContainerInfo[];
  /** Whether all of them that run in a cgroup were read. */
  readonly isComplete: boolean;
}

export type Selection = (frame: LiveFrame) => Selected;

/**
 * Which cgroups a command shows: all, or those with the names that were given. Containers that run without a cgroup are
 * there, too, though nothing is known of what they use.
 * @param all names may be those of any cgroup, too: its name, id or path
 * @param withResting containers that do not run, too, where no names were given
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS
 */
export async function selectCgroups(
  names: readonly string[],
  all: boolean,
  withResting: boolean,
): Promise<Selection> {
  if (names.length === 0)
    return ({ cgroups: samples, known }) => {
      const others = notIn(samples, known);
      const resting = others.filter((each) => withResting || (runs(each) && each.cgroups.length === 0));
      return { samples, resting, isComplete: !others.some(isToBeRead) };
    };
  const ids = new Set<string>();
  const others = new Set<string>();
  for (const name of names) {
    try {
      ids.add((await Container.get(name)).id);
    } catch (error) {
      if (!all || (error as { code?: unknown }).code !== 'CONTAINER_NOT_FOUND') throw error;
      others.add(name);
    }
  }
  const isMeant = ({ cgroup: { path, id, name } }: CgroupSample) =>
    (id !== undefined && ids.has(id)) ||
    others.has(path) ||
    others.has(name) ||
    (id !== undefined && [...others].some((other) => other.length >= 4 && id.startsWith(other)));
  return ({ cgroups, known }) => {
    const samples = cgroups.filter(isMeant);
    const running = new Set(samples.map(({ cgroup }) => cgroup.id));
    const resting = [...ids].filter((id) => !running.has(id)).flatMap((id) => known.get(id) ?? []);
    return { samples, resting, isComplete: !resting.some(isToBeRead) };
  };
}

function notIn(samples: readonly CgroupSample[], known: LiveFrame['known']): ContainerInfo[] {
  const running = new Set(samples.map(({ cgroup }) => cgroup.id));
  return [...known.values()].filter(({ id }) => !running.has(id));
}

const runs = ({ state }: ContainerInfo) => state === 'running' || state === 'paused';

/** In a cgroup: an ordinary user's may have none. */
const isToBeRead = (info: ContainerInfo) => runs(info) && info.cgroups.length > 0;
