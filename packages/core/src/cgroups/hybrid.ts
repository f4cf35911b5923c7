import type { CgroupHost } from '@tc/linux';
import type { CgroupFacts } from './facts.ts';
import { freezer } from './freezer.ts';
import { makeManager } from './make-manager.ts';
import type { CgroupManager } from './manager.ts';
import { whyNotInV1 } from './missing.ts';
import { homeInV1 } from './v1.ts';
import { homeInV2, readUnified } from './v2.ts';

/**
 * v1's controllers beside a cgroup2 hierarchy that has none, or those that v1 has not. The container joins that one
 * too, for cgroup.kill and cgroup.freeze.
 */
export function createHybridManager(
  v1: CgroupHost['v1'],
  mountPoint: string,
  facts: CgroupFacts,
): CgroupManager {
  const unified = readUnified(mountPoint, facts);
  return makeManager({
    mode: 'hybrid',
    facts,
    unified,
    home: (controller) =>
      controller === freezer ? undefined : (homeInV1(v1, controller) ?? homeInV2(unified, controller)),
    whyMissing: (controller) => whyNotInV1(controller.v1.controller ?? '', facts),
  });
}
