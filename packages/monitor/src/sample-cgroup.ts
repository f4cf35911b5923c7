import { join } from 'node:path';
import { parseCounter, parseLimit, parseV1Limit, readOptional } from '@tc/linux';

/** Where a cgroup's directories are: one for all controllers in v2, one for each in v1. */
export interface CgroupDirectories {
  readonly v2?: string | undefined;
  /** By controller: `memory`, `pids`. */
  readonly v1?: Readonly<Record<string, string>> | undefined;
}

/** What a cgroup uses at one moment. Undefined: the kernel does not say. `'max'`: not limited. */
export interface CgroupSample {
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | 'max' | undefined;
  readonly pids: number | undefined;
  readonly pidsLimit: number | 'max' | undefined;
}

/**
 * Reads memory and pids of one cgroup once. The same names and units for v1 and v2:
 * Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst.
 * @throws SyscallError where a file is there and can't be read; ParseError
 */
export function sampleCgroup({ v2, v1 = {} }: CgroupDirectories): CgroupSample {
  const file = (controller: string, v2Name: string, v1Name: string): [string | undefined, boolean] => {
    const directory = v1[controller];
    if (directory !== undefined) return [readOptional(join(directory, v1Name)), true];
    return [v2 === undefined ? undefined : readOptional(join(v2, v2Name)), false];
  };
  const counter = (...names: [string, string, string]) => {
    const [text] = file(...names);
    return text === undefined ? undefined : Number(parseCounter(text));
  };
  const limit = (...names: [string, string, string]) => {
    const [text, isV1] = file(...names);
    if (text === undefined) return undefined;
    const value = isV1 && names[0] === 'memory' ? parseV1Limit(text) : parseLimit(text);
    return value === 'max' ? value : Number(value);
  };
  return {
    memoryBytes: counter('memory', 'memory.current', 'memory.usage_in_bytes'),
    memoryLimitBytes: limit('memory', 'memory.max', 'memory.limit_in_bytes'),
    pids: counter('pids', 'pids.current', 'pids.current'),
    pidsLimit: limit('pids', 'pids.max', 'pids.max'),
  };
}
