/** Which part of the cgroup2 hierarchy an ordinary user may use: cgroup-v2.rst, "Delegation". Changes nothing. */
import { join } from 'node:path';
import { parseProcPidCgroup, parseWords } from '@tc/linux';
import { occupantsOf } from './delegation-leaf.ts';
import type { CgroupFacts } from './facts.ts';

/** A cgroup that containers can be put into. */
export interface Delegation {
  /** As `CgroupRequest.parent`: a path from the root of the hierarchy, `''` for the root. */
  readonly parent: string;
  /** The limits of which can be had there. */
  readonly controllers: readonly string[];
  /** Who lives in it. A cgroup with processes of its own passes no controllers on. `own`: this process and its children. */
  readonly occupants: 'none' | 'own' | 'others';
}

/** What one must be allowed to write to: cgroup-v2.rst, "Model of Delegation". */
const DELEGATED = ['', 'cgroup.procs', 'cgroup.subtree_control'];

/**
 * Where this process may put containers, the best first.
 *
 * Only its own cgroup and those above it count: to start a process in another part of the tree takes the right to
 * write to cgroup.procs of the first cgroup that is above both ("Delegation Containment"), and above what was
 * delegated nobody has that. So the delegated user@UID.service is of no use to a process of a login session.
 *
 * 1. Cgroups without processes, the topmost first: nothing has to be changed.
 * 2. Those of them that systemd manages, all slices and user@UID.service. When a unit starts, systemd takes the
 *    controllers away from them that no unit needs, and a limit would be gone unnoticed. Only `memory` and `pids`
 *    stay (DefaultMemoryAccounting=, DefaultTasksAccounting=), so these are what counts, where they are on.
 * 3. This process's own, such as a scope with Delegate=yes: `delegation-leaf.ts` says how.
 */
export function findDelegations(mountPoint: string, facts: CgroupFacts): Delegation[] {
  const own = ownCgroup(facts);
  if (own === undefined) return [];
  const found: Delegation[] = [];
  for (const parent of selfAndAbove(own)) {
    const directory = join(mountPoint, parent);
    const words = (file: string) => parseWords(facts.read(join(directory, file)) ?? '');
    if (!DELEGATED.every((file) => facts.writable(join(directory, file)))) continue;
    if (words('cgroup.type')[0] !== 'domain') continue; // no process could be started below: "Threads"
    const occupants = occupantsOf(directory, facts);
    if (parent !== own && occupants !== 'none') continue;
    const controllers = isSystemds(parent)
      ? words('cgroup.subtree_control').filter((name) => name === 'memory' || name === 'pids')
      : words('cgroup.controllers');
    found.unshift({ parent, controllers, occupants });
  }
  const rank = ({ parent, occupants }: Delegation) => (occupants !== 'none' ? 2 : isSystemds(parent) ? 1 : 0);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

/** The cgroup2 one of this process, like `Delegation.parent`; undefined where it is outside of what can be seen. */
function ownCgroup(facts: CgroupFacts): string | undefined {
  const memberships = parseProcPidCgroup(facts.read('/proc/self/cgroup') ?? '');
  const path = memberships.find(({ hierarchy }) => hierarchy === 0)?.path;
  return path === undefined || path.startsWith('/..') ? undefined : path.slice(1);
}

/** `a/b`, `a` and the root: of a cgroup namespace, as the real one is never an ordinary user's. */
function selfAndAbove(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return [...names.map((_, index) => names.slice(0, names.length - index).join('/')), ''];
}

function isSystemds(parent: string): boolean {
  return /(?:^|\/)(?:[^/]+\.slice|user@\d+\.service)$/.test(parent);
}
