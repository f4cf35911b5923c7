/**
 * Samples as people want them, from an array where NaN is undefined and Infinity `'max'`. Every name is written out:
 * V8 makes such an object in one step, while one that is filled in a loop becomes a hash table.
 */
import type { Cgroup } from '../cgroups/cgroup.ts';
import { counterNames, slotOf as slot } from '../figures/slots.ts';
import type { CounterName, Figures, Rates } from '../figures/table.ts';
import type { CgroupSample } from '../frames/frame.ts';
import { sampleLayout } from './sample-memory.ts';

const number = (value: number | undefined): number | undefined =>
  value !== undefined && value - value === 0 ? value : undefined; // neither NaN nor Infinity

const limit = (value: number | undefined): number | 'max' | undefined =>
  value === Number.POSITIVE_INFINITY ? 'max' : number(value);

export function toFigures(all: Float64Array, at: number): Figures {
  return {
    memoryBytes: number(all[at + slot.memoryBytes]),
    memoryWorkingSetBytes: number(all[at + slot.memoryWorkingSetBytes]),
    memoryLimitBytes: limit(all[at + slot.memoryLimitBytes]),
    memoryPeakBytes: number(all[at + slot.memoryPeakBytes]),
    memoryAnonBytes: number(all[at + slot.memoryAnonBytes]),
    memoryFileBytes: number(all[at + slot.memoryFileBytes]),
    memoryKernelBytes: number(all[at + slot.memoryKernelBytes]),
    swapBytes: number(all[at + slot.swapBytes]),
    swapLimitBytes: limit(all[at + slot.swapLimitBytes]),
    oomKills: number(all[at + slot.oomKills]),
    memoryLimitHits: number(all[at + slot.memoryLimitHits]),
    memoryHighHits: number(all[at + slot.memoryHighHits]),
    pids: number(all[at + slot.pids]),
    pidsLimit: limit(all[at + slot.pidsLimit]),
    pidsPeak: number(all[at + slot.pidsPeak]),
    pidsLimitHits: number(all[at + slot.pidsLimitHits]),
    cpuUsageUsec: number(all[at + slot.cpuUsageUsec]),
    cpuUserUsec: number(all[at + slot.cpuUserUsec]),
    cpuSystemUsec: number(all[at + slot.cpuSystemUsec]),
    cpuLimitCores: limit(all[at + slot.cpuLimitCores]),
    cpuPeriods: number(all[at + slot.cpuPeriods]),
    cpuThrottledPeriods: number(all[at + slot.cpuThrottledPeriods]),
    cpuThrottledUsec: number(all[at + slot.cpuThrottledUsec]),
    ioReadBytes: number(all[at + slot.ioReadBytes]),
    ioWriteBytes: number(all[at + slot.ioWriteBytes]),
    ioReadOperations: number(all[at + slot.ioReadOperations]),
    ioWriteOperations: number(all[at + slot.ioWriteOperations]),
    networkReceiveBytes: number(all[at + slot.networkReceiveBytes]),
    networkTransmitBytes: number(all[at + slot.networkTransmitBytes]),
    networkReceivePackets: number(all[at + slot.networkReceivePackets]),
    networkTransmitPackets: number(all[at + slot.networkTransmitPackets]),
    cpuPressureSome: number(all[at + slot.cpuPressureSome]),
    cpuPressureFull: number(all[at + slot.cpuPressureFull]),
    cpuPressureSomeUsec: number(all[at + slot.cpuPressureSomeUsec]),
    cpuPressureFullUsec: number(all[at + slot.cpuPressureFullUsec]),
    memoryPressureSome: number(all[at + slot.memoryPressureSome]),
    memoryPressureFull: number(all[at + slot.memoryPressureFull]),
    memoryPressureSomeUsec: number(all[at + slot.memoryPressureSomeUsec]),
    memoryPressureFullUsec: number(all[at + slot.memoryPressureFullUsec]),
    ioPressureSome: number(all[at + slot.ioPressureSome]),
    ioPressureFull: number(all[at + slot.ioPressureFull]),
    ioPressureSomeUsec: number(all[at + slot.ioPressureSomeUsec]),
    ioPressureFullUsec: number(all[at + slot.ioPressureFullUsec]),
  };
}

const rate = Object.fromEntries(counterNames.map((name, index) => [name, index])) as Readonly<
  Record<CounterName, number>
>;

export function toRates(all: Float64Array, at: number): Rates {
  return {
    oomKills: number(all[at + rate.oomKills]),
    memoryLimitHits: number(all[at + rate.memoryLimitHits]),
    memoryHighHits: number(all[at + rate.memoryHighHits]),
    pidsLimitHits: number(all[at + rate.pidsLimitHits]),
    cpuUsageUsec: number(all[at + rate.cpuUsageUsec]),
    cpuUserUsec: number(all[at + rate.cpuUserUsec]),
    cpuSystemUsec: number(all[at + rate.cpuSystemUsec]),
    cpuPeriods: number(all[at + rate.cpuPeriods]),
    cpuThrottledPeriods: number(all[at + rate.cpuThrottledPeriods]),
    cpuThrottledUsec: number(all[at + rate.cpuThrottledUsec]),
    ioReadBytes: number(all[at + rate.ioReadBytes]),
    ioWriteBytes: number(all[at + rate.ioWriteBytes]),
    ioReadOperations: number(all[at + rate.ioReadOperations]),
    ioWriteOperations: number(all[at + rate.ioWriteOperations]),
    networkReceiveBytes: number(all[at + rate.networkReceiveBytes]),
    networkTransmitBytes: number(all[at + rate.networkTransmitBytes]),
    networkReceivePackets: number(all[at + rate.networkReceivePackets]),
    networkTransmitPackets: number(all[at + rate.networkTransmitPackets]),
    cpuPressureSomeUsec: number(all[at + rate.cpuPressureSomeUsec]),
    cpuPressureFullUsec: number(all[at + rate.cpuPressureFullUsec]),
    memoryPressureSomeUsec: number(all[at + rate.memoryPressureSomeUsec]),
    memoryPressureFullUsec: number(all[at + rate.memoryPressureFullUsec]),
    ioPressureSomeUsec: number(all[at + rate.ioPressureSomeUsec]),
    ioPressureFullUsec: number(all[at + rate.ioPressureFullUsec]),
  };
}

/** When samples are looked at, and what is too old by then. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly staleMs: number;
}

/**
 * @param all a sample as it is in shared memory
 * @param same an earlier one of the same figures and rates, whose objects serve once more
 */
export function toSample(
  cgroup: Cgroup,
  all: Float64Array,
  { monotonicMs, wallMs, staleMs }: Moment,
  same?: Pick<CgroupSample, 'figures' | 'rates'>,
): CgroupSample {
  const ageMs = Math.max(0, monotonicMs - (all[sampleLayout.monotonicMs] as number));
  const bornMs = all[sampleLayout.bornMs] as number;
  return {
    cgroup,
    figures: same?.figures ?? toFigures(all, sampleLayout.figures),
    rates: same?.rates ?? toRates(all, sampleLayout.rates),
    ageMs,
    stale: ageMs > staleMs,
    uptimeMs: Number.isFinite(bornMs) ? Math.max(0, wallMs - bornMs) : undefined,
  };
}
