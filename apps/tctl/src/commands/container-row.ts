/** A container as `docker ps` has it. */
import type { ContainerInfo } from '@tc/core';
import { age } from '../cli/age.ts';
import { exitCodeOf } from '../cli/exit-code.ts';
import { printable } from '../cli/printable.ts';
import { type Quantities, quantities } from '../cli/quantities.ts';
import { shortened } from '../cli/width.ts';
import type { Struct } from '../template/values.ts';
import { volumesOf } from './mounted-volumes.ts';

export const containerHeadings = {
  ID: 'CONTAINER ID',
  Names: 'NAMES',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  State: 'STATE',
  Status: 'STATUS',
  Ports: 'PORTS',
  Size: 'SIZE',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  Networks: 'NETWORKS',
  LocalVolumes: 'LOCAL VOLUMES',
} as const;

const longestCommand = 30;

/** What `tctl ps --size` adds to a container. */
export interface ContainerSize {
  /** On disk, or in memory; undefined where nobody can tell it from what was there before. */
  readonly writtenBytes: number | undefined;
  /** With its image. */
  readonly virtualBytes: number;
}

export interface RowOptions {
  readonly exact: boolean;
  /** Commands are not shortened. */
  readonly whole: boolean;
}

export function containerRow(info: ContainerInfo, { exact, whole }: RowOptions, size?: ContainerSize) {
  const show = quantities(exact);
  const command = printable(info.command.join(' '));
  const volumes = volumesOf(info.options?.mounts ?? []);
  return {
    ID: info.id,
    Names: info.name,
    Image: printable(info.image ?? info.rootfs),
    Command: `"${whole ? command : shortened(command, longestCommand)}"`,
    CreatedAt: info.createdAt.toISOString(),
    RunningFor: show.ago(info.createdAt),
    State: info.state,
    Status: status(info, show, exact),
    Ports: '',
    Size: size === undefined ? '' : sizeText(size, show),
    Labels: Object.entries(info.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Label: (key) => info.labels[key] ?? '',
    Mounts: volumes.join(','),
    Networks: info.options?.network ?? 'none',
    LocalVolumes: String(volumes.length),
  } satisfies Struct;
}

/** As Docker has it. */
function sizeText({ writtenBytes, virtualBytes }: ContainerSize, { transfer }: Quantities): string {
  const written = writtenBytes === undefined ? '--' : transfer(writtenBytes);
  return `${written} (virtual ${transfer(virtualBytes)})`;
}

/** Docker's words. */
export function status(
  { state, startedAt, exit }: ContainerInfo,
  show: Quantities = quantities(false),
  exact = false,
): string {
  if (state === 'created') return 'Created';
  if (state !== 'exited') {
    const since = startedAt ?? new Date();
    const up = exact ? `since ${since.toISOString()}` : age(since);
    return `Up ${up}${state === 'paused' ? ' (Paused)' : ''}`;
  }
  const when = exit?.finishedAt === undefined ? '' : ` ${show.ago(exit.finishedAt)}`;
  if (exit === undefined || exit.reason === 'lost') return `Lost${when}`;
  const why = exit.reason === 'exit' || exit.reason === 'signal' ? '' : `, ${exit.reason}`;
  return `Exited (${exitCodeOf(exit)}${why})${when}`;
}
