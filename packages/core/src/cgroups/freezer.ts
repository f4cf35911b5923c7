import type { Controller } from './controller.ts';

/**
 * Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst. Limits and counts nothing: it is there to pause the
 * container. Every v2 cgroup has cgroup.freeze for that, since Linux 5.2.
 */
export const freezer: Controller = {
  always: true,
  limits: [],
  v1: { controller: 'freezer', figures: [], settings: () => [], usage: () => ({}) },
  v2: undefined,
};
