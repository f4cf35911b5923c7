import { ProgramBuilder } from './builder.ts';
import { load, number } from './data.ts';
import { bindMounts, makePath, openSources } from './phases/bind-mounts.ts';
import { joinCgroups, prepareCgroups } from './phases/cgroups.ts';
import { createContext } from './phases/context.ts';
import { maskPaths } from './phases/masks.ts';
import { clone, configureNamespaces } from './phases/namespaces.ts';
import { dropPrivileges, execute } from './phases/privileges.ts';
import { attachCgroups, attachMounts, prepareMounts } from './phases/pseudo-file-systems.ts';
import { enterRoot, makeWorkspace, openRoot, sealRoot } from './phases/rootfs.ts';
import { cleanUp, takeStateDirectory } from './phases/state-directory.ts';
import { becomeSupervisor, supervise, unblockSignals } from './phases/supervise.ts';
import { enterUserNamespace } from './phases/user-namespace.ts';
import type { LaunchProgram } from './program.ts';
import type { LaunchSpec } from './spec.ts';

/**
 * Compiles a spec to the system calls that make the container. Pure: no call is made, no file is read, and the
 * same spec gives the same program on every machine.
 *
 * The order matters, and is the order of the calls below. Two processes come out of one program: the supervisor
 * runs up to the clone and then jumps over the container's part.
 */
export function compileLaunch(spec: LaunchSpec): LaunchProgram {
  const p = new ProgramBuilder();
  const c = createContext(p, spec);
  const end = p.label();
  const supervisor = p.label();
  const containerFailed = p.label();

  becomeSupervisor(c, end);
  takeStateDirectory(c);
  if (spec.cgroup !== undefined) prepareCgroups(c, spec.cgroup);
  clone(c);
  p.jumpIf(load(c.pid), 'ne', 0, supervisor);

  p.set(p.control.reportFd, load(c.errorWrite));
  p.set(p.control.onFail, { kind: 'step', label: containerFailed });
  unblockSignals(c);
  enterUserNamespace(c);
  joinCgroups(c);
  configureNamespaces(c);
  makeWorkspace(c);
  const root = openRoot(c);
  const prepared = prepareMounts(c);
  const sources = openSources(c);
  enterRoot(c, root);
  attachMounts(c, prepared);
  bindMounts(c, sources);
  attachCgroups(c, prepared);
  maskPaths(c, prepared);
  makePath(c, spec.process.cwd, 'directory');
  sealRoot(c, root);
  dropPrivileges(c);
  execute(c);
  p.place(containerFailed);
  p.call('exit_group', [number(1)], { what: 'end the failed start' });

  p.place(supervisor);
  supervise(c);
  cleanUp(c, end);
  return p.finish(c.record);
}
