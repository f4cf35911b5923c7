import { ProgramBuilder } from './builder.ts';
import { load, number } from './data.ts';
import { begin } from './phases/begin.ts';
import { bindMounts, makePath, openSources } from './phases/bind-mounts.ts';
import { joinCgroups, prepareCgroups } from './phases/cgroups.ts';
import { createContext } from './phases/context.ts';
import { becomeInit } from './phases/init.ts';
import { restrictByLandlock } from './phases/landlock.ts';
import { maskPaths } from './phases/masks.ts';
import { clone, configureNamespaces } from './phases/namespaces.ts';
import { dropPrivileges, execute } from './phases/privileges.ts';
import { setSysctls } from './phases/process-settings.ts';
import { attachCgroups, attachMounts, prepareMounts } from './phases/pseudo-file-systems.ts';
import { report } from './phases/report.ts';
import { enterRoot, lockUpper, makeWorkspace, openRoot, sealRoot } from './phases/rootfs.ts';
import { confine } from './phases/seccomp.ts';
import { openShiftedSources } from './phases/source-mounts.ts';
import { makeStreams, takeStreams } from './phases/standard-streams.ts';
import { cleanUp, takeStateDirectory } from './phases/state-directory.ts';
import { removeRunning } from './phases/state-files.ts';
import { becomeSupervisor, endFailedLaunch, supervise } from './phases/supervise.ts';
import { bindConsole, openTerminal, takeTerminal } from './phases/terminal.ts';
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

  becomeSupervisor(c, end, {
    name: 'tctl-shim',
    given: spec.namespaces.joinNetwork ? 1 : 0,
    attachable: spec.terminal !== undefined || spec.openStdin,
  });
  takeStateDirectory(c);
  lockUpper(c);
  if (spec.cgroup !== undefined) prepareCgroups(c, spec.cgroup);
  makeStreams(c);
  openShiftedSources(c);
  clone(c);
  p.jumpIf(load(c.pid), 'ne', 0, supervisor);

  begin(c, containerFailed);
  enterUserNamespace(c);
  joinCgroups(c);
  configureNamespaces(c);
  const sources = openSources(c);
  makeWorkspace(c);
  const root = openRoot(c);
  const prepared = prepareMounts(c);
  enterRoot(c, root, spec.rootfs.enter);
  attachMounts(c, prepared);
  if (spec.terminal !== undefined) {
    openTerminal(c, spec.terminal, { directory: load(prepared.pts), name: 'ptmx' });
    bindConsole(c, prepared.dev);
  }
  bindMounts(c, sources);
  attachCgroups(c, prepared);
  setSysctls(c, prepared);
  maskPaths(c, prepared);
  makePath(c, spec.process.cwd, 'directory');
  sealRoot(c, root);
  takeStreams(c);
  dropPrivileges(c);
  restrictByLandlock(c);
  confine(c);
  becomeInit(c);
  if (spec.terminal !== undefined) takeTerminal(c);
  execute(c);
  p.place(containerFailed);
  p.call('exit_group', [number(1)], { what: 'end the failed start' });

  p.place(supervisor);
  const failed = p.label();
  supervise(c, failed);
  report(c);
  p.jump(c.cleanUp);
  p.place(failed);
  removeRunning(c); // it may have failed after its command ran
  endFailedLaunch(c);
  cleanUp(c, end);
  return p.finish(c.record);
}
