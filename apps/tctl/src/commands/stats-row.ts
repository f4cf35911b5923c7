import type { CgroupSample, HostFigures } from '@tc/monitor';
import { printable } from '../cli/printable.ts';
import { quantities } from '../cli/quantities.ts';
import { shortened } from '../cli/width.ts';

/** Docker's names, and its headings of them; in the order of the table. */
export const statsHeadings = {
  ID: 'CONTAINER ID',
  Name: 'NAME',
  CPUPerc: 'CPU %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemPerc: 'MEM %',
  NetIO: 'NET I/O',
  BlockIO: 'BLOCK I/O',
  PIDs: 'PIDS',
} as const;

export type StatsRow = { readonly [Column in keyof typeof statsHeadings]: string };

const unknown = '--';
const longestName = 40;
const idLength = 12;

export interface StatsRowOptions {
  readonly exact?: boolean;
  /** Names are not shortened. */
  readonly whole?: boolean;
}

/** What a container uses, as Docker prints it. */
export function statsRow(
  sample: CgroupSample,
  host: HostFigures,
  { exact = false, whole = false }: StatsRowOptions = {},
): StatsRow {
  const { figures, rates, cgroup } = sample;
  const { memory, transfer } = quantities(exact);
  const used = memoryInUse(sample);
  const limit = memoryLimit(sample, host);
  const name = printable(cgroup.kind === 'other' ? cgroup.path : cgroup.name);
  return {
    ID: printable(cgroup.id ?? '').slice(0, idLength) || unknown,
    Name: whole ? name : shortened(name, longestName),
    CPUPerc: percent(rates.cpuUsageUsec === undefined ? undefined : rates.cpuUsageUsec / 1e6),
    MemUsage: both(used, limit, memory),
    MemPerc: percent(used === undefined || !limit ? undefined : used / limit),
    NetIO: both(figures.networkReceiveBytes, figures.networkTransmitBytes, transfer),
    BlockIO: both(figures.ioReadBytes, figures.ioWriteBytes, transfer),
    PIDs: figures.pids === undefined ? unknown : String(figures.pids),
  };
}

/** One that does not run. */
export function restingRow(id: string, name: string, { whole = false }: StatsRowOptions = {}): StatsRow {
  const nothing = `${unknown} / ${unknown}`;
  return {
    ID: id,
    Name: whole ? printable(name) : shortened(printable(name), longestName),
    CPUPerc: unknown,
    MemUsage: nothing,
    MemPerc: unknown,
    NetIO: nothing,
    BlockIO: nothing,
    PIDs: unknown,
  };
}

/** As Docker: without the file pages that were not used lately, which the kernel takes back when it needs them. */
export function memoryInUse({ figures }: CgroupSample): number | undefined {
  return figures.memoryWorkingSetBytes ?? figures.memoryBytes;
}

/** As Docker: where there is no limit, or one beyond what the machine has, what the machine has. */
export function memoryLimit(
  { figures }: CgroupSample,
  { memoryTotalBytes }: HostFigures,
): number | undefined {
  const { memoryLimitBytes: limit } = figures;
  return limit === undefined
    ? undefined
    : limit === 'max'
      ? memoryTotalBytes
      : Math.min(limit, memoryTotalBytes);
}

function percent(share: number | undefined): string {
  return share === undefined ? unknown : `${(share * 100).toFixed(2)}%`;
}

function both(
  first: number | undefined,
  second: number | undefined,
  show: (bytes: number) => string,
): string {
  return [first, second].map((bytes) => (bytes === undefined ? unknown : show(bytes))).join(' / ');
}
