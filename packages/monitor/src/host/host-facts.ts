import { hostname, release, totalmem } from 'node:os';

/** What of a host does not change by the second. */
export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  readonly distribution: string | undefined;
  readonly cpuModel: string | undefined;
  readonly cpuCores: number;
  readonly cpuThreads: number;
  readonly memoryTotalBytes: number;
  readonly disks: readonly HostDisk[];
  readonly networkInterfaces: readonly HostNetworkInterface[];
}

export interface HostDisk {
  /** `/dev/sda`, `/dev/nvme0n1`. */
  readonly name: string;
  readonly model: string | undefined;
  readonly sizeBytes: number;
}

export interface HostNetworkInterface {
  readonly name: string;
  readonly mac: string | undefined;
  readonly ip4: string | undefined;
  readonly ip6: string | undefined;
  readonly up: boolean;
  readonly megabitsPerSecond: number | undefined;
}

/**
 * Asks systeminformation, which runs commands such as lsblk and lscpu for some of it: for once, and not for every
 * frame. What can't be found out is undefined, or empty.
 */
export async function hostFacts(): Promise<HostFacts> {
  const { default: information } = await import('systeminformation');
  const [cpu, os, disks, interfaces] = await Promise.all([
    information.cpu().catch(() => undefined),
    information.osInfo().catch(() => undefined),
    information.diskLayout().catch(() => []),
    information.networkInterfaces().catch(() => []),
  ]);
  return {
    hostname: hostname(),
    kernel: release(),
    distribution: text([os?.distro, os?.release].filter(Boolean).join(' ')),
    cpuModel: text([cpu?.manufacturer, cpu?.brand].filter(Boolean).join(' ')),
    cpuCores: cpu?.physicalCores ?? 1,
    cpuThreads: cpu?.cores ?? 1,
    memoryTotalBytes: totalmem(),
    disks: disks.map(({ device, name, size }) => ({
      name: device,
      model: text(name),
      sizeBytes: size,
    })),
    networkInterfaces: [interfaces].flat().map((each) => ({
      name: each.iface,
      mac: text(each.mac),
      ip4: text(each.ip4),
      ip6: text(each.ip6),
      up: each.operstate === 'up',
      megabitsPerSecond: each.speed !== null && each.speed > 0 ? each.speed : undefined,
    })),
  };
}

/** systeminformation says nothing with an empty text. */
const text = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim();
