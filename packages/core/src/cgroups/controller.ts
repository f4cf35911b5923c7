import type { NormalLimits } from './limits.ts';
import type { CgroupUsage, CgroupWrite } from './plan.ts';

/** What a limit becomes: a file of the container's own directory, and what is written there. */
export type Setting = Omit<CgroupWrite, 'path'> & { readonly file: string };

/** What a controller may ask about the machine while it makes its settings. */
export interface SettingContext {
  /** Reads a file of the cgroup that the container's will be in. Undefined when there is none. */
  parentFile(name: string): string | undefined;
  /**
   * Refuses a limit that this version cannot enforce. It throws, unless the user asked for warnings; then the
   * limit is left out.
   */
  unsupported(limit: keyof NormalLimits, problem: string, hint: string): void;
}

/** How one version of cgroups limits and counts one resource. */
export interface ControllerVersion {
  /** The kernel's name of the controller. Undefined for what every v2 cgroup has by itself. */
  readonly controller: string | undefined;
  /** Files that tell at the end what was used. Any may be missing: kernels differ. */
  readonly figures: readonly string[];
  settings(limits: NormalLimits, context: SettingContext): Setting[];
  /** From the figures' texts, which are never empty. */
  usage(figures: ReadonlyMap<string, string>): Partial<CgroupUsage>;
}

/** One resource, with its two versions as siblings. */
export interface Controller {
  /** Used for every container, for its figures; the others only for a limit. */
  readonly always: boolean;
  /** The limits that need it. */
  readonly limits: readonly (keyof NormalLimits)[];
  readonly v1: ControllerVersion;
  /** Undefined where v2 needs no controller for it. */
  readonly v2: ControllerVersion | undefined;
}

/** Whether a limit limits anything. */
export function isLimit(limits: NormalLimits, name: keyof NormalLimits): boolean {
  const limit = limits[name];
  return limit !== undefined && limit !== 'max' && !(Array.isArray(limit) && limit.length === 0);
}
