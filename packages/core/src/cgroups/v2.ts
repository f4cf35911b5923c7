import { join } from 'node:path';
import { parseWords } from '@tc/linux';
import type { Controller } from './controller.ts';
import type { CgroupFacts } from './facts.ts';
import type { Hierarchy, Home } from './layout.ts';
import { makeManager } from './make-manager.ts';
import type { CgroupManager } from './manager.ts';
import { type Missing, whyNotInV2 } from './missing.ts';

/** Where cgroup2 has a controller, if it has. */
export function homeInV2(hierarchy: Hierarchy, { v2: driver }: Controller): Home | undefined {
  if (driver === undefined) return undefined;
  const there = driver.controller === undefined || hierarchy.controllers.includes(driver.controller);
  return there ? { hierarchy, driver } : undefined;
}

export function readUnified(mountPoint: string, facts: CgroupFacts): Hierarchy {
  const controllers = parseWords(facts.read(join(mountPoint, 'cgroup.controllers')) ?? '');
  return { version: 2, mountPoint, controllers };
}

export function whyMissingInV2({ v1, v2 }: Controller, mountPoint: string, facts: CgroupFacts): Missing {
  const name = v2?.controller ?? '';
  return whyNotInV2(name, v1.controller ?? name, mountPoint, facts);
}

/** cgroup v2 alone: one hierarchy, one directory a container. */
export function createV2Manager(mountPoint: string, facts: CgroupFacts): CgroupManager {
  const unified = readUnified(mountPoint, facts);
  return makeManager({
    mode: 'v2',
    facts,
    unified,
    home: (controller) => homeInV2(unified, controller),
    whyMissing: (controller) => whyMissingInV2(controller, mountPoint, facts),
  });
}
