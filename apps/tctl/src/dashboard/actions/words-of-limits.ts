import { type IoLimit, type Limits, parseSize } from '@tc/core';
import { option } from './run-words.ts';

/** The options of `tctl run` that say how much a container may have. */
export function limitWords(limits: Limits): readonly string[] {
  const { memory, memoryHigh, memoryLow, pids, cpus, cpuWeight, cpuset, io = [] } = limits;
  return [
    ...limit('--memory', memory),
    ...limit('--memory-swap', swap(limits)),
    ...limit('--memory-high', memoryHigh),
    ...limit('--memory-reservation', memoryLow),
    ...limit('--pids', pids === 'max' ? -1 : pids),
    ...limit('--cpus', cpus),
    ...limit('--cpu-weight', cpuWeight),
    ...limit('--cpuset-cpus', cpuset),
    ...io.flatMap(rates),
  ];
}

function limit(name: string, value: number | string | undefined): string[] {
  return value === undefined ? [] : option(name, String(value));
}

/** Docker counts memory and swap together. Swap alone can't be said there. */
function swap({ memory, memorySwap }: Limits): number | undefined {
  if (memorySwap === 'max') return -1;
  if (memory === undefined || memorySwap === undefined) return undefined;
  return parseSize(memory) + parseSize(memorySwap);
}

function rates({ device, readBps, writeBps, readIops, writeIops }: IoLimit): string[] {
  const all = [
    ['--device-read-bps', readBps],
    ['--device-write-bps', writeBps],
    ['--device-read-iops', readIops],
    ['--device-write-iops', writeIops],
  ] as const;
  return all.flatMap(([name, rate]) => (rate === undefined ? [] : option(name, `${device}:${rate}`)));
}
