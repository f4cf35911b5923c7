import type { CgroupHost } from '@tc/linux';
import type { Controller } from './controller.ts';
import type { CgroupFacts } from './facts.ts';
import type { Home } from './layout.ts';
import { makeManager } from './make-manager.ts';
import type { CgroupManager } from './manager.ts';
import { whyNotInV1 } from './missing.ts';

/** Where v1 has a controller. */
export function homeInV1(v1: CgroupHost['v1'], { v1: driver }: Controller): Home | undefined {
  const mount = driver.controller === undefined ? undefined : v1.get(driver.controller);
  return mount && { hierarchy: { version: 1, ...mount }, driver };
}

/** cgroup v1 alone: a hierarchy for each controller, or for some together. */
export function createV1Manager(host: CgroupHost, facts: CgroupFacts): CgroupManager {
  return makeManager({
    mode: host.mode,
    facts,
    unified: undefined,
    home: (controller) => homeInV1(host.v1, controller),
    whyMissing: ({ v1 }) =>
      host.mode === 'none'
        ? {
            problem: 'no cgroup file system is mounted',
            hint: 'Mount one: mount -t cgroup2 none /sys/fs/cgroup.',
          }
        : whyNotInV1(v1.controller ?? '', facts),
  });
}
