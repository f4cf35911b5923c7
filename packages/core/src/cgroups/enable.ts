import { join } from 'node:path';
import { parseWords } from '@tc/linux';
import type { CgroupFacts } from './facts.ts';
import type { CgroupWrite } from './plan.ts';

/** The cgroup2 hierarchy and the cgroup in it that containers go into. */
interface Place {
  readonly mountPoint: string;
  readonly parent: string;
}

const DELEGATE =
  'Run as root, or in a cgroup that is yours: systemd-run --user --scope -p Delegate=yes COMMAND makes one; name it with cgroupParent.';

const DIAGNOSES = {
  EACCES: { hint: DELEGATE },
  EPERM: { hint: DELEGATE },
  EROFS: {
    hint: 'The cgroup file system is read-only, as inside a container: give that container a writable one.',
  },
  EBUSY: {
    hint: 'Processes live in that cgroup, and v2 does not let it pass controllers on then ("no internal processes"): move them into a cgroup below it, or choose another cgroupParent.',
  },
  ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: 'The cgroup above it does not pass that controller on.' },
} as const;

/** Whether enabling would go through. The root alone may hold processes as well; it has no cgroup.type. */
function canEnable(directory: string, file: string, facts: CgroupFacts): boolean {
  if (!facts.writable(file)) return false;
  const isRoot = !facts.exists(join(directory, 'cgroup.type'));
  return isRoot || (facts.read(join(directory, 'cgroup.procs')) ?? '') === '';
}

/**
 * What lets the container's cgroup have its controllers: each must be in cgroup.subtree_control of every cgroup
 * above (cgroup-v2.rst, "Controlling Controllers"). Only what is missing is written. What no limit needs is left
 * alone where it could fail: figures are not worth a container.
 */
export function enableWrites(
  { mountPoint, parent }: Place,
  controllers: { readonly required: readonly string[]; readonly wanted: readonly string[] },
  facts: CgroupFacts,
): CgroupWrite[] {
  const writes: CgroupWrite[] = [];
  let { wanted } = controllers;
  let directory = mountPoint;
  for (const name of ['', ...parent.split('/').filter((name) => name !== '')]) {
    directory = join(directory, name);
    const path = join(directory, 'cgroup.subtree_control');
    const enabled = parseWords(facts.read(path) ?? '');
    const lacking = (controller: string) => !enabled.includes(controller);
    const required = controllers.required.filter(lacking);
    // Where the cgroup above does not pass it on, neither can this one.
    if (wanted.some(lacking) && !canEnable(directory, path, facts)) {
      wanted = wanted.filter((controller) => !lacking(controller));
    }
    const missing = [...new Set([...required, ...wanted.filter(lacking)])];
    if (missing.length === 0) continue;
    writes.push({
      path,
      value: missing.map((controller) => `+${controller}`).join(' '),
      what: `enable ${missing.join(', ')} for the cgroups in ${directory}`,
      why: 'A cgroup has a controller only if every cgroup above it passes it on.',
      diagnose: DIAGNOSES,
    });
  }
  return writes;
}
