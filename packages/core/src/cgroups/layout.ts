import type { CgroupHost } from '@tc/linux';
import type { Controller, ControllerVersion } from './controller.ts';
import type { CgroupFacts } from './facts.ts';
import type { Missing } from './missing.ts';

/** A mounted tree of cgroups. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  /** v1: the controllers that share it. */
  readonly controllers: readonly string[];
}

/** Where a controller is used. */
export interface Home {
  readonly hierarchy: Hierarchy;
  readonly driver: ControllerVersion;
}

/** What v2, v1 and hybrid differ in. */
export interface Layout {
  readonly mode: CgroupHost['mode'];
  readonly facts: CgroupFacts;
  /** The hierarchy that the container joins even if no controller of it is used. */
  readonly unified: Hierarchy | undefined;
  home(controller: Controller): Home | undefined;
  /** Why `home` is undefined. */
  whyMissing(controller: Controller): Missing;
}
