import { join } from 'node:path';
import { parseCounter, parseLimit, parseV1Limit, readOptional } from '@tc/linux';
import { controllers } from '../cgroups/controllers.ts';
import { currentCgroupManager } from '../cgroups/current.ts';
import type { CgroupUsage } from '../cgroups/plan.ts';
import { notRunning } from '../state/errors.ts';
import { type ContainerReference, nameOf, recordOf } from './reference.ts';

/** What a container uses now, and used so far. Undefined where the kernel does not count it. */
export interface ContainerStats extends CgroupUsage {
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | 'max' | undefined;
  /** Processes and threads. */
  readonly pids: number | undefined;
  readonly pidsLimit: number | 'max' | undefined;
}

/** @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING */
export function statsOf(reference: ContainerReference): ContainerStats {
  const record = recordOf(reference);
  if (record.running === undefined) throw notRunning(nameOf(record), 'measure');
  const cgroups = record.launch?.cgroups ?? [];
  const read = (file: string) => {
    for (const directory of cgroups) {
      const text = readOptional(join(directory, file));
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const counter = (...files: string[]) => {
    const text = files.map(read).find((each) => each !== undefined);
    return text === undefined ? undefined : Number(parseCounter(text));
  };
  const limit = (text: string | undefined, parse: (text: string) => bigint | 'max') => {
    const value = text === undefined ? undefined : parse(text);
    return value === undefined || value === 'max' ? value : Number(value);
  };
  const figures = controllers.flatMap(({ v1, v2 }) => [...v1.figures, ...(v2?.figures ?? [])]);
  const texts = new Map(figures.map((file) => [file, read(file) ?? '']));
  return {
    ...currentCgroupManager().usage(texts),
    memoryBytes: counter('memory.current', 'memory.usage_in_bytes'),
    memoryLimitBytes:
      limit(read('memory.max'), parseLimit) ?? limit(read('memory.limit_in_bytes'), parseV1Limit),
    pids: counter('pids.current'),
    pidsLimit: limit(read('pids.max'), parseLimit),
  };
}
