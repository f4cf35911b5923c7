import type { CgroupSample, HostFigures } from '@tc/monitor';
import { printable, shortened } from '../cli/printable.ts';
import { memorySize, transferSize } from '../cli/sizes.ts';

export const statsHeadings = [
  'CONTAINER ID',
  'NAME',
  'CPU %',
  'MEM USAGE / LIMIT',
  'MEM %',
  'NET I/O',
  'BLOCK I/O',
  'PIDS',
] as const;

const unknown = '--';
const longestName = 40;
const idLength = 12;

/** What a container uses, as Docker prints it. */
export function statsRow(sample: CgroupSample, host: HostFigures): string[] {
  const { figures, rates, cgroup } = sample;
  const used = memoryInUse(sample);
  const limit = memoryLimit(sample, host);
  return [
    printable(cgroup.id ?? '').slice(0, idLength) || unknown,
    shortened(printable(cgroup.kind === 'other' ? cgroup.path : cgroup.name), longestName),
    percent(rates.cpuUsageUsec === undefined ? undefined : rates.cpuUsageUsec / 1e6),
    `${used === undefined ? unknown : memorySize(used)} / ${limit === undefined ? unknown : memorySize(limit)}`,
    percent(used === undefined || !limit ? undefined : used / limit),
    both(figures.networkReceiveBytes, figures.networkTransmitBytes),
    both(figures.ioReadBytes, figures.ioWriteBytes),
    figures.pids === undefined ? unknown : String(figures.pids),
  ];
}

/** One that does not run. */
export function restingRow(id: string, name: string): string[] {
  const nothing = `${unknown} / ${unknown}`;
  return [id, shortened(printable(name), longestName), unknown, nothing, unknown, nothing, nothing, unknown];
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

function both(first: number | undefined, second: number | undefined): string {
  return [first, second].map((bytes) => (bytes === undefined ? unknown : transferSize(bytes))).join(' / ');
}
