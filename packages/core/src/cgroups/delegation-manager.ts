/** Cgroups for an ordinary user: those that were delegated to it. */
import { join } from 'node:path';
import { type CgroupHost, TcError } from '@tc/linux';
import { isLimit } from './controller.ts';
import { controllers } from './controllers.ts';
import { type Delegation, findDelegations } from './delegation.ts';
import { type CgroupFacts, hostFacts } from './facts.ts';
import type { NormalLimits } from './limits.ts';
import { makeManager } from './make-manager.ts';
import type { CgroupManager } from './manager.ts';
import { whyNotInV2 } from './missing.ts';
import { homeInV2 } from './v2.ts';

export interface Delegated {
  readonly manager: CgroupManager;
  readonly parent: string;
  /** As `CgroupPlan` has it. */
  readonly stepDownFrom: string | undefined;
}

/**
 * The best place for a container with these limits: one where all can be had, or else any. Without limits this process
 * is not moved for it.
 */
export function selectDelegation(
  host: CgroupHost,
  limits: NormalLimits,
  facts: CgroupFacts = hostFacts,
): Delegated | undefined {
  if (host.v2 === undefined) return undefined;
  const { mountPoint } = host.v2;
  const needed = controllers
    .filter((controller) => controller.limits.some((name) => isLimit(limits, name)))
    .map(({ v2 }) => v2?.controller);
  const limited = needed.length > 0;
  const usable = findDelegations(mountPoint, facts).filter(
    ({ occupants }) => occupants === 'none' || (limited && occupants === 'own'),
  );
  const fits = (each: Delegation) =>
    needed.every((name) => name !== undefined && each.controllers.includes(name));
  const chosen = usable.find(fits) ?? usable[0];
  if (chosen === undefined) return undefined;
  const { parent, occupants } = chosen;
  const directory = join(mountPoint, parent);
  const stepDownFrom = occupants === 'none' ? undefined : directory;
  const after = stepDownFrom === undefined ? facts : withoutProcesses(directory, facts);
  return { manager: createManager(host, chosen, after), parent, stepDownFrom };
}

/** As it will be once this process has stepped down. */
function withoutProcesses(directory: string, facts: CgroupFacts): CgroupFacts {
  const procs = join(directory, 'cgroup.procs');
  return { ...facts, read: (path) => (path === procs ? '' : facts.read(path)) };
}

function createManager(
  host: CgroupHost,
  { parent, controllers }: Delegation,
  facts: CgroupFacts,
): CgroupManager {
  const mountPoint = host.v2?.mountPoint ?? '';
  const unified = { version: 2, mountPoint, controllers } as const;
  const above = facts.read(join(mountPoint, parent, 'cgroup.controllers')) ?? '';
  return makeManager({
    mode: host.mode,
    facts,
    unified,
    home: (controller) => homeInV2(unified, controller),
    whyMissing({ v1, v2 }) {
      const name = v2?.controller ?? '';
      const missing = whyNotInV2(name, v1.controller ?? name, join(mountPoint, parent), facts);
      if (!missing.problem.includes('passed on')) return missing;
      const isThere = above.split(/\s/).includes(name);
      return {
        problem: `the ${name} controller was not delegated to uid ${process.geteuid?.()}`,
        hint: isThere
          ? 'systemd takes it away again here. Start in a cgroup of your own: systemd-run --user --scope -p Delegate=yes -- COMMAND.'
          : `As root: put Delegate=cpu cpuset io memory pids under [Service] into /etc/systemd/system/user@.service.d/delegate.conf, then systemctl daemon-reload. Without systemd: +${name} into cgroup.subtree_control of all cgroups above ${join(mountPoint, parent)}.`,
      };
    },
  });
}

/** Whoever may write to a v1 controller may also take memory and CPU from others. */
export const forRootAlone = {
  problem: 'cgroup v1 limits are for root alone',
  hint: 'Run as root, or boot the host with cgroup v2 alone (systemd.unified_cgroup_hierarchy=1).',
} as const;

/** Why an ordinary user can have no limits, and what to do about it. */
export function notDelegated(host: CgroupHost, facts: CgroupFacts = hostFacts): TcError {
  const uid = process.geteuid?.() ?? 0;
  const describe = (problem: string, hint: string) =>
    new TcError(problem, { code: 'CGROUP_NOT_DELEGATED', operation: 'set limits', hint });
  if (host.v2 === undefined || host.mode === 'hybrid') {
    return describe(forRootAlone.problem, forRootAlone.hint);
  }
  const problem = `no cgroup that this process is in was delegated to uid ${uid}`;
  if (facts.exists('/run/systemd/system')) {
    const hint = `Start it in one: systemd-run --user --scope -p Delegate=yes -- COMMAND. Where no user manager runs, first as root: loginctl enable-linger ${uid}.`;
    return describe(problem, hint);
  }
  const cgroup = join(host.v2.mountPoint, `user-${uid}`);
  const hint = `As root: mkdir -p ${cgroup}/main && chown ${uid} ${cgroup} ${cgroup}/cgroup.procs ${cgroup}/cgroup.subtree_control && echo PID >${cgroup}/main/cgroup.procs, with the PID of your shell.`;
  return describe(problem, hint);
}
