/** The host's figures as numbers in a row: the named ones, and then the share of each CPU. */
import type { HostFigures } from '../frames/frame.ts';
import { stored } from './values.ts';

type Named = Exclude<keyof HostFigures, 'load' | 'cpuShares'>;

const shareScale = 10_000;
const named: readonly (readonly [Named, number])[] = [
  ['cpus', 1],
  ['cpuShare', shareScale],
  ['memoryBytes', 1],
  ['memoryTotalBytes', 1],
  ['swapBytes', 1],
  ['swapTotalBytes', 1],
  ['cpuPressureSome', shareScale],
  ['memoryPressureSome', shareScale],
  ['memoryPressureFull', shareScale],
  ['ioPressureSome', shareScale],
  ['ioPressureFull', shareScale],
];
const loadScale = 100;
/** /proc/uptime has steps of 10 ms, and is read a little before or after. */
const uptimeStepMs = 100;
/** load, and uptime less the monotonic time, which only a suspended machine changes. */
export const hostColumns = named.length + 4;
/** More CPUs than Linux can have: NR_CPUS. */
export const mostHostValues = hostColumns + 8192;

export function hostScale(index: number): number {
  if (index >= hostColumns) return shareScale;
  return named[index]?.[1] ?? (index < named.length + 3 ? loadScale : 1);
}

/** Shares are rounded to 1/10,000; they are measured, and not exact. */
export function hostValues(host: HostFigures, monotonicMs: number): Float64Array {
  const row = [
    ...named.map(([name]) => host[name]),
    ...host.load,
    Math.round((host.uptimeMs - monotonicMs) / uptimeStepMs) * uptimeStepMs,
    ...host.cpuShares,
  ];
  return Float64Array.from(row, (value, index) => {
    const scale = hostScale(index);
    return stored(value === undefined ? undefined : Math.round(value * scale) / scale, scale);
  });
}

export function hostOf(values: Float64Array, monotonicMs: number): HostFigures {
  const number = (index: number): number | undefined =>
    Number.isFinite(values[index]) ? values[index] : undefined;
  const some = Object.fromEntries(
    named.map(([name], index) => [name, number(index)]),
  ) as Partial<HostFigures>;
  const first = named.length;
  return {
    cpuShare: undefined,
    cpuPressureSome: undefined,
    memoryPressureSome: undefined,
    memoryPressureFull: undefined,
    ioPressureSome: undefined,
    ioPressureFull: undefined,
    ...some,
    cpus: some.cpus ?? 0,
    memoryBytes: some.memoryBytes ?? 0,
    memoryTotalBytes: some.memoryTotalBytes ?? 0,
    swapBytes: some.swapBytes ?? 0,
    swapTotalBytes: some.swapTotalBytes ?? 0,
    load: [number(first) ?? 0, number(first + 1) ?? 0, number(first + 2) ?? 0],
    uptimeMs: (number(first + 3) ?? 0) + monotonicMs,
    cpuShares: Array.from(values.subarray(hostColumns), (share) => (Number.isFinite(share) ? share : 0)),
  };
}
