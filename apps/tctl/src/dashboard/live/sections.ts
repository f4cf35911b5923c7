import type { ContainerInfo, Mount } from '@tc/core';
import type { Figures } from '@tc/monitor';
import type { Section } from '../source/source.ts';
import { bytes, count } from '../text/sizes.ts';

type Entry = readonly [name: string, value: string];

/** Limits as the kernel has them. */
export function figureSection(figures: Figures): Section {
  const size = (value: number | 'max' | undefined) => (value === 'max' ? 'no limit' : bytes(value));
  const entries: (Entry | undefined)[] = [
    entry('memory', size(figures.memoryLimitBytes)),
    entry('swap', size(figures.swapLimitBytes)),
    entry('pids', figures.pidsLimit === 'max' ? 'no limit' : count(figures.pidsLimit)),
    entry('cpus', figures.cpuLimitCores === 'max' ? 'no limit' : figures.cpuLimitCores?.toFixed(2)),
    entry('memory peak', bytes(figures.memoryPeakBytes)),
    entry('memory limit met', times(figures.memoryLimitHits)),
    entry('pids limit met', times(figures.pidsLimitHits)),
    entry('killed for memory', times(figures.oomKills)),
    entry('CPU throttled', times(figures.cpuThrottledPeriods)),
  ];
  return { title: 'Limits, and how often they were met', entries: known(entries) };
}

export function configurationSections(info: ContainerInfo): readonly Section[] {
  const { options, exit } = info;
  const container: (Entry | undefined)[] = [
    entry('id', info.id),
    entry('name', info.name),
    entry('state', info.state),
    entry('image', info.image),
    entry('root', info.rootfs),
    entry('command', info.command.join(' ')),
    entry('hostname', info.hostname),
    entry('pid', info.pid?.toString()),
    entry('terminal', info.tty ? 'yes' : 'no'),
    entry('restart', options?.restart),
    entry('network', networkOf(options?.network)),
    entry(
      'user',
      typeof options?.user === 'object' ? JSON.stringify(options.user) : options?.user?.toString(),
    ),
    entry('created', info.createdAt.toLocaleString()),
    entry('started', info.startedAt?.toLocaleString()),
    entry('ended', exit?.finishedAt?.toLocaleString()),
    ...info.cgroups.map((path) => entry('cgroup', path)),
  ];
  const pairs = (title: string, record: Readonly<Record<string, unknown>> | undefined): Section[] => {
    const entries = Object.entries(record ?? {}).flatMap(([name, value]): Entry[] =>
      value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    );
    return entries.length === 0 ? [] : [{ title, entries }];
  };
  return [
    { title: 'Container', entries: known(container) },
    ...pairs('Limits that were asked for', { ...info.limits }),
    ...pairs('Labels', info.labels),
    ...pairs('Environment', options?.env),
  ];
}

export function mountSections({ options, rootfs, image }: ContainerInfo): readonly Section[] {
  const root: Entry = ['/', image === undefined ? rootfs : `${image}: ${rootfs}`];
  return [{ title: 'Mounts', entries: [root, ...(options?.mounts ?? []).map(mountEntry)] }];
}

/** A text is what `-v` takes: `/host:/inside:ro`. */
function mountEntry(mount: Mount | string): Entry {
  if (typeof mount === 'string') return [mount.split(':')[1] ?? mount, mount];
  const { target, ...rest } = mount as Mount & { target?: string };
  return [
    target ?? '',
    Object.entries(rest)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join('  '),
  ];
}

function networkOf(network: unknown): string | undefined {
  if (network === undefined) return undefined;
  return typeof network === 'string' ? network : JSON.stringify(network);
}

function times(value: number | undefined): string | undefined {
  return value === undefined ? undefined : value === 1 ? 'once' : `${value} times`;
}

function entry(name: string, value: string | undefined): Entry | undefined {
  return value === undefined || value === '' ? undefined : [name, value];
}

function known(entries: readonly (Entry | undefined)[]): readonly Entry[] {
  return entries.filter((each) => each !== undefined);
}
