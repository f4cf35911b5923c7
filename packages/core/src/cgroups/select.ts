import type { CgroupHost } from '@tc/linux';
import { type CgroupFacts, hostFacts } from './facts.ts';
import { createHybridManager } from './hybrid.ts';
import type { CgroupManager } from './manager.ts';
import { createV1Manager } from './v1.ts';
import { createV2Manager } from './v2.ts';

/** The manager for a machine's cgroups. The only place that knows them all. */
export function selectCgroupManager(host: CgroupHost, facts: CgroupFacts = hostFacts): CgroupManager {
  switch (host.mode) {
    case 'v2':
      return createV2Manager(host.v2.mountPoint, facts);
    case 'hybrid':
      return createHybridManager(host.v1, host.v2.mountPoint, facts);
    case 'v1':
    case 'none':
      // Without any hierarchy: plans with no directories, and no limit can be had.
      return createV1Manager(host, facts);
  }
}
