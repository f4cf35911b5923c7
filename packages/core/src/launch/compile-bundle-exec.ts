import { atFlags, openFlags } from '@tc/linux';
import { ProgramBuilder } from './builder.ts';
import type { ConsoleSpec } from './bundle-spec.ts';
import { address, at, bytes, cell, flags, load, number, string } from './data.ts';
import { begin } from './phases/begin.ts';
import { prepareConsole } from './phases/bundle-namespaces.ts';
import { type CommandContext, createCommandContext } from './phases/context.ts';
import { checkCommand, giveStreams, keepDescriptors } from './phases/held-start.ts';
import {
  enterPidNamespace,
  execCloneArguments,
  joinGroups,
  joinNamespaces,
  openContainerTerminal,
  startErrors,
} from './phases/join.ts';
import { dropPrivileges, execute } from './phases/privileges.ts';
import { confine } from './phases/seccomp.ts';
import { makePipe } from './phases/standard-streams.ts';
import { becomeSupervisor, endFailedLaunch } from './phases/supervise.ts';
import { connectTerminal, takeTerminal } from './phases/terminal.ts';
import { waitForStart } from './phases/wait-for-start.ts';
import type { LaunchProgram } from './program.ts';
import type { CommandSpec, ExecSpec } from './spec.ts';

export interface BundleExecSpec extends CommandSpec, Pick<ExecSpec, 'id' | 'join'> {
  /** v1: files to write `0` to. */
  readonly tasks: readonly string[];
  /** v2: the cgroup to start in. */
  readonly into: string | undefined;
  readonly console: ConsoleSpec | undefined;
  readonly preserveFds: number;
  /** Sets of CPUs: before the cgroups are joined, and after that. */
  readonly affinity?:
    | { readonly initial: Uint8Array | undefined; readonly final: Uint8Array | undefined }
    | undefined;
  readonly ownStreams: readonly number[];
}

const cwd = flags(atFlags, 'AT_FDCWD');
const movedTo = 200;
/** The launcher is given a pidfd of the container's first process as 4, and what the command keeps from 5 on. */
const firstKept = 5;

/**
 * Compiles `exec` of an OCI container: as `compileExec`, but whoever waits for orphans is the parent of the command, and
 * the launcher ends as soon as it runs. Pure.
 */
export function compileBundleExec(spec: BundleExecSpec): LaunchProgram {
  const p = new ProgramBuilder();
  const c: CommandContext & { readonly spec: BundleExecSpec } = {
    ...createCommandContext(p, spec, 0),
    spec,
    kept: { from: 3 + spec.preserveFds, count: 1 },
  };
  const [end, failed, launcher, commandFailed] = [p.label(), p.label(), p.label(), p.label()];
  becomeSupervisor(c, end, { name: 'tc-exec', given: 1 + spec.preserveFds, attachable: false });
  const { tasks, directory } = openGroups(c);
  makePipe(c, c.errorRead, c.errorWrite, 'the command tells through it how far it got');
  prepareConsole(c, spec.console);
  const { initial, final } = spec.affinity ?? {};
  setAffinity(p, initial);
  const cloneArguments = execCloneArguments(c.pidfd, directory !== undefined);
  if (directory !== undefined) p.set(at(cloneArguments, 80), load(directory));
  p.call('clone3', [address(cloneArguments), cloneArguments.size], {
    what: 'start a process that joins the container',
    result: c.pid,
    diagnose: startErrors,
  });
  p.jumpIf(load(c.pid), 'ne', 0, launcher);

  begin(c, commandFailed);
  joinGroups(c, tasks);
  // Without a last set it is on all CPUs that its cpuset has.
  setAffinity(p, final ?? initial?.map(() => 0xff));
  joinNamespaces(c, spec);
  if (spec.console !== undefined) {
    openContainerTerminal(c, { ...spec.console, logged: false });
    connectTerminal(c);
  }
  giveStreams(c);
  const moved = movedTo + spec.preserveFds;
  p.call('dup3', [load(c.errorWrite), moved, flags(openFlags, 'O_CLOEXEC')], {
    what: 'move the error pipe up',
  });
  p.set(c.errorWrite, number(moved));
  p.set(p.control.reportFd, number(moved));
  keepDescriptors(p, spec.preserveFds, firstKept);
  dropPrivileges(c);
  checkCommand(c);
  enterPidNamespace(c);
  if (spec.console !== undefined) takeTerminal(c);
  if (spec.process.noNewPrivileges !== false) confine(c);
  execute(c);
  p.place(commandFailed);
  p.call('exit_group', [1], { what: 'end the failed start' });

  p.place(launcher);
  p.group('supervise');
  p.set(p.control.onFail, { kind: 'step', label: failed });
  p.call('close', [load(c.errorWrite)], { what: 'close the error pipe', why: 'its end means that it runs' });
  waitForStart(c, { failed, tied: true, bears: true, keepsTerminal: spec.terminal !== undefined }, () => {});
  p.jump(end);
  p.place(failed);
  endFailedLaunch(c);
  p.place(end);
  p.call('exit_group', [0], { what: 'end the launcher' });
  return p.finish(c.record);
}

function setAffinity(p: ProgramBuilder, cpus: Uint8Array | undefined): void {
  if (cpus === undefined) return;
  p.call('sched_setaffinity', [0, cpus.length, address(bytes(cpus, '{cpus}'))], {
    what: 'choose its CPUs',
    diagnose: {
      EINVAL: { code: 'CPU_AFFINITY_REFUSED', hint: 'process.execCPUAffinity: it has none of these CPUs.' },
    },
  });
}

function openGroups({ p, spec }: { p: ProgramBuilder; spec: BundleExecSpec }) {
  p.group('cgroups');
  const tasks = spec.tasks.map((path) => {
    const fd = cell('tasks_fd');
    p.call('openat', [cwd, string(path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
      what: `open ${path}`,
      result: fd,
    });
    return fd;
  });
  if (spec.into === undefined) return { tasks, directory: undefined };
  const directory = cell('cgroup_fd');
  const how = flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC');
  p.call('openat', [cwd, string(spec.into), how], { what: `open ${spec.into}`, result: directory });
  return { tasks, directory };
}
