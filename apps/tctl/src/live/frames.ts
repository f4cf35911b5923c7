/** What @tc/monitor samples, with what @tc/core knows of this user's containers: their names, images and labels. */
import type { ContainerEvent, ContainerInfo } from '@tc/core';
import { type Cgroup, type CgroupSample, type Frame, type Monitor, monitor } from '@tc/monitor';
import { OwnContainers } from './own-containers.ts';

export interface LiveOptions {
  /** Between frames: milliseconds, or a text such as `2s`. Default 1 s. */
  readonly interval?: number | string | undefined;
  /** Every cgroup of the host, and not only this user's containers. */
  readonly all?: boolean;
  /** What happens to containers. */
  readonly onEvent?: ((event: ContainerEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LiveFrame extends Frame {
  /** This user's containers, by the paths of their cgroups. */
  readonly containers: ReadonlyMap<string, ContainerInfo>;
  /** All of them, also those that do not run, by id. */
  readonly known: ReadonlyMap<string, ContainerInfo>;
}

export interface Live extends AsyncIterable<LiveFrame>, AsyncDisposable {
  readonly monitor: Monitor;
}

/**
 * Opens the monitor. It samples while somebody iterates.
 * @throws TcError INVALID_DURATION
 */
export function openLive({ interval, all = false, onEvent, signal }: LiveOptions = {}): Live {
  const sampled = monitor({ interval, ...(all ? {} : { include: ['tctl'] }), signal });
  const own = new OwnContainers(onEvent);
  return {
    monitor: sampled,
    async *[Symbol.asyncIterator]() {
      const cgroups = new Map<string, Cgroup>();
      for await (const frame of sampled) {
        const known = await own.list((list) => frame.cgroups.some(({ cgroup }) => isMissing(cgroup, list)));
        yield withContainers(frame, known, all, cgroups);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([sampled.close(), own[Symbol.asyncDispose]()]);
    },
  };
}

const isMissing = ({ kind, id }: Cgroup, known: ReadonlyMap<string, ContainerInfo>) =>
  kind === 'tctl' && id !== undefined && !known.has(id);

/** @param cgroups with the names that they had, so that one that stays as it is stays the same object */
function withContainers(
  frame: Frame,
  known: ReadonlyMap<string, ContainerInfo>,
  all: boolean,
  cgroups: Map<string, Cgroup>,
): LiveFrame {
  const containers = new Map<string, ContainerInfo>();
  const samples = frame.cgroups.flatMap((sample): CgroupSample[] => {
    const { cgroup } = sample;
    const info = cgroup.kind === 'tctl' && cgroup.id !== undefined ? known.get(cgroup.id) : undefined;
    if (info === undefined) return all ? [sample] : []; // tctl's, of another user
    containers.set(cgroup.path, info);
    if (cgroup.name === info.name) return [sample];
    let named = cgroups.get(cgroup.path);
    if (named?.name !== info.name || named.id !== cgroup.id) {
      named = { ...cgroup, name: info.name };
      cgroups.set(cgroup.path, named);
    }
    return [{ ...sample, cgroup: named }];
  });
  for (const path of cgroups.keys()) if (!containers.has(path)) cgroups.delete(path);
  return { ...frame, cgroups: samples, containers, known };
}
