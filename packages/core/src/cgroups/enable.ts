import { join } from 'node:path';
import { parseWords, TcError } from '@tc/linux';
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
    code: 'CGROUP_PARENT_BUSY',
    hint: 'A v2 cgroup passes controllers on only if no process lives in it itself: move them into a cgroup below it, or choose another cgroupParent.',
  },
  ENOENT: { code: 'LIMIT_UNSUPPORTED', hint: 'The cgroup above it does not pass that controller on.' },
} as const;

/** The root alone may hold processes and pass controllers on; it has no cgroup.type. */
function holdsProcesses(directory: string, facts: CgroupFacts): boolean {
  const isRoot = !facts.exists(join(directory, 'cgroup.type'));
  return !isRoot && (facts.read(join(directory, 'cgroup.procs')) ?? '') !== '';
}

/**
 * What lets the container's cgroup have its controllers: each must be in cgroup.subtree_control of every cgroup
 * above (cgroup-v2.rst, "Controlling Controllers"). Only what is missing is written. What no limit needs is left
 * alone where it could fail: figures are not worth a container.
 * @throws TcError CGROUP_PARENT_BUSY
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
    if (required.length === 0 && !wanted.some(lacking)) continue;
    const busy = holdsProcesses(directory, facts);
    // Not left to the write: the kernel would let some controllers through, and the container not start then
    // (cgroup-v2.rst, "Threads").
    if (busy && required.length > 0) throw parentBusy(directory, required);
    // Where the cgroup above does not pass it on, neither can this one.
    if (busy || !facts.writable(path)) wanted = wanted.filter((controller) => !lacking(controller));
    const missing = [...required, ...wanted.filter(lacking)];
    if (missing.length === 0) continue;
    writes.push({
      path,
      value: missing.map((controller) => `+${controller}`).join(' '),
      what: `enable ${missing.join(', ')} for the cgroups in ${directory}`,
      why: 'a cgroup has a controller only if every cgroup above it passes it on',
      diagnose: DIAGNOSES,
    });
  }
  return writes;
}

function parentBusy(path: string, controllers: readonly string[]): TcError {
  return new TcError(`it cannot pass on ${controllers.join(', ')} while processes live in it`, {
    code: 'CGROUP_PARENT_BUSY',
    operation: 'use a cgroup for the container’s',
    path,
    hint: DIAGNOSES.EBUSY.hint,
  });
}
