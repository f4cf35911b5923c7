import { ProgramBuilder } from './builder.ts';
import type { BundleSpec } from './bundle-spec.ts';
import { load, number } from './data.ts';
import { begin } from './phases/begin.ts';
import { makePath } from './phases/bind-mounts.ts';
import { createBundleContext } from './phases/bundle-context.ts';
import {
  bindBundleConsole,
  makeBundleDevices,
  prepareDevices,
  setBundleSysctls,
} from './phases/bundle-devices.ts';
import { mapBundleMounts } from './phases/bundle-id-maps.ts';
import { maskBundlePaths } from './phases/bundle-masks.ts';
import {
  cloneBundle,
  enterBundleNamespaces,
  haveHooksRun,
  nameHost,
  prepareConsole,
  settleNamespaces,
  waitForCgroup,
  waitForHooks,
} from './phases/bundle-namespaces.ts';
import {
  attachBundleMounts,
  attachBundleRoot,
  openBundleRoot,
  prepareBundleMounts,
  sealBundleRoot,
} from './phases/bundle-root.ts';
import { joinCgroups, prepareCgroups } from './phases/cgroups.ts';
import { checkCommand, giveStreams, makeFifos, moveDescriptors, waitForOrder } from './phases/held-start.ts';
import { openContainerTerminal } from './phases/join.ts';
import { becomeCommand, dropPrivileges } from './phases/privileges.ts';
import { enterRoot } from './phases/rootfs.ts';
import { confine } from './phases/seccomp.ts';
import { becomeSupervisor, endFailedLaunch } from './phases/supervise.ts';
import { connectTerminal, takeTerminal } from './phases/terminal.ts';
import { waitForStart } from './phases/wait-for-start.ts';
import type { LaunchProgram } from './program.ts';

export interface BundleProgram extends LaunchProgram {
  /** The steps from here on are those of the start: a failure of theirs comes through the FIFO. */
  readonly heldAt: number;
}

/**
 * Compiles an OCI bundle's `create` to system calls. The launcher ends as soon as the container is ready: whoever waits
 * for orphans (conmon, containerd's shim) is the parent of its first process then, and learns how that ends. Pure.
 */
export function compileBundle(spec: BundleSpec): BundleProgram {
  const p = new ProgramBuilder();
  const c = createBundleContext(p, spec);
  const [end, failed, launcher, containerFailed] = [p.label(), p.label(), p.label(), p.label()];

  becomeSupervisor(c, end, {
    name: 'tc-create',
    given: spec.preserveFds + spec.idMaps.length,
    attachable: false,
  });
  makeFifos(c);
  prepareConsole(c, spec.console);
  if (spec.adopted) waitForCgroup(c, end);
  if (spec.cgroup !== undefined) prepareCgroups(c, spec.cgroup);
  const mapped = mapBundleMounts(c);
  cloneBundle(c);
  p.jumpIf(load(c.pid), 'ne', 0, launcher);

  begin(c, containerFailed);
  enterBundleNamespaces(c);
  joinCgroups(c);
  nameHost(c);
  const root = openBundleRoot(c);
  const mounts = prepareBundleMounts(c, mapped);
  const devices = prepareDevices(c);
  attachBundleRoot(c, root);
  attachBundleMounts(c, mounts);
  makeBundleDevices(c, devices);
  waitForHooks(c);
  enterRoot(c, root, spec.root.enter);
  if (spec.console !== undefined) {
    openContainerTerminal(c, { ...spec.console, logged: false });
    bindBundleConsole(c);
  }
  setBundleSysctls(c);
  maskBundlePaths(c);
  makePath(c, spec.process.cwd, 'directory');
  sealBundleRoot(c, root);
  if (spec.console !== undefined) connectTerminal(c);
  giveStreams(c);
  if (spec.personality !== undefined)
    p.call('personality', [spec.personality], { what: 'set the personality' });
  moveDescriptors(c);
  dropPrivileges(c);
  checkCommand(c);
  waitForOrder(c);
  const heldAt = p.here().step ?? 0;
  if (spec.console !== undefined) takeTerminal(c);
  if (spec.process.noNewPrivileges !== false) confine(c);
  becomeCommand(c);
  p.place(containerFailed);
  p.call('exit_group', [number(1)], { what: 'end the failed start' });

  p.place(launcher);
  p.group('supervise');
  p.set(p.control.onFail, { kind: 'step', label: failed });
  settleNamespaces(c, failed);
  p.call('close', [load(c.errorWrite)], {
    what: 'close the error pipe',
    why: 'its end then means that the container is ready',
  });
  const waiting = {
    failed,
    tied: true,
    keepsTerminal: spec.terminal !== undefined,
    ...(spec.hooked ? { interlude: () => haveHooksRun(c, failed) } : {}),
  };
  waitForStart(c, waiting, () => {});
  p.jump(end);
  p.place(failed);
  endFailedLaunch(c);
  p.place(end);
  p.call('exit_group', [0], { what: 'end the launcher' });
  return { ...p.finish(c.record), heldAt };
}
