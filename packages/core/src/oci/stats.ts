/** What a container uses now, for `events`. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseLimit } from '@tc/linux';
import { CgroupFiles } from './cgroup-files.ts';
import type { OciCgroups } from './cgroups.ts';
import type { Amounts, OciStats } from './stats-types.ts';
import { statsV1 } from './stats-v1.ts';
import { statsV2 } from './stats-v2.ts';

export function statsOf(cgroups: OciCgroups): OciStats {
  const files = new CgroupFiles(cgroups);
  return {
    ...(files.isV1 ? statsV1(files) : statsV2(files)),
    pids: {
      current: files.counter('pids.current') ?? 0n,
      limit: pidsLimit(files.text('pids.max')),
    },
    hugetlb: hugetlbOf(files),
    intel_rdt: {},
    network_interfaces: null,
  };
}

function pidsLimit(text: string | undefined): bigint {
  const limit = text === undefined ? 'max' : parseLimit(text);
  return limit === 'max' ? 0n : limit;
}

/** `hugetlb.2MB.usage_in_bytes`, `hugetlb.2MB.current`. */
function hugetlbOf(files: CgroupFiles): OciStats['hugetlb'] {
  const suffix = files.isV1 ? 'usage_in_bytes' : 'current';
  const anyFile = files.path(`hugetlb.x.${suffix}`);
  if (anyFile === undefined) return {};
  const sizes = readdirOptional(dirname(anyFile)).flatMap((name) => {
    const [, size, file] = /^hugetlb\.(\d+[KMG]B)\.(\w+)$/.exec(name) ?? [];
    return size !== undefined && file === suffix ? [size] : [];
  });
  return Object.fromEntries(
    sizes.map((size) => {
      const count = (file: string) => files.counter(`hugetlb.${size}.${file}`) ?? 0n;
      const amounts: Amounts = files.isV1
        ? { usage: count('usage_in_bytes'), max: count('max_usage_in_bytes'), failcnt: count('failcnt') }
        : { usage: count('current'), failcnt: files.keyed(`hugetlb.${size}.events`).get('max') ?? 0n };
      return [size, amounts];
    }),
  );
}

function readdirOptional(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // the container has just been removed
  }
}
