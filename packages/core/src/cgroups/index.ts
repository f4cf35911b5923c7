export { type CgroupFacts, hostFacts } from './facts.ts';
export { freezeContainerCgroup } from './freeze.ts';
export {
  type IoLimit,
  type Limits,
  type NormalIoLimit,
  type NormalLimits,
  normaliseLimits,
} from './limits.ts';
export { findContainerCgroups, listContainerCgroups } from './list.ts';
export type { CgroupManager, CgroupRequest } from './manager.ts';
export { cgroupName, containerIdOf, normaliseParent } from './placement.ts';
export type { CgroupFigure, CgroupPlan, CgroupUsage, CgroupWrite } from './plan.ts';
export { removeContainerCgroup } from './remove.ts';
export { selectCgroupManager } from './select.ts';
export { formatSize, parseSize } from './size.ts';
