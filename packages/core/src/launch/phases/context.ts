import type { ProgramBuilder } from '../builder.ts';
import { at, buffer, cell, descriptor, number, words } from '../data.ts';
import type { Datum, Label, Place } from '../program.ts';
import { recordSize } from '../protocol.ts';
import type { CommandSpec, LaunchSpec } from '../spec.ts';
import { cloneArguments, cloneFlagNames } from './namespaces.ts';
import { createSources, type Sources } from './source-mounts.ts';

/** What the start of a container and that of a command in one share. */
export interface CommandContext {
  readonly p: ProgramBuilder;
  readonly spec: CommandSpec;
  /** The first process, as the host sees it. */
  readonly pid: Place;
  readonly pidfd: Place;
  /** The error pipe: the first process says "ready" or names the call that failed. */
  readonly errorRead: Place;
  readonly errorWrite: Place;
  /** What the supervisor reports at the end: `protocol.ts`. */
  readonly record: Datum;
  /** The terminal: its slave in the container, its master in the supervisor, and the socket pair between them. */
  readonly slave: Place;
  readonly terminalFd: Place;
  readonly consoleRead: Place;
  readonly consoleWrite: Place;
  readonly scratch: Datum;
  readonly result: Place;
  /** The socket to who answers for the filter; its own pid as the host writes it, and the length of that. */
  readonly listener: Place;
  readonly ownPid: Datum;
  readonly ownPidLength: Place;
  /**
   * Descriptors that the command's process keeps until it is the command: all below `from`, which its command keeps, and
   * so many from `errorWrite` on. By default the standard streams, and that one.
   */
  readonly kept?: { readonly from: number; readonly count: number };
}

/** What the phases share: the spec, the builder, and the memory that one phase fills and another reads. */
export interface Context extends CommandContext {
  readonly spec: LaunchSpec;
  /** `<runtimeDirectory>/<id>`. */
  readonly stateDirectory: string;
  /** Where the supervisor goes when it is to undo everything and end. */
  readonly cleanUp: Label;
  /** What of the host becomes a mount of the container. */
  readonly sources: Sources;
  readonly stateFd: Place;
  /** struct clone_args: clone(2). Its last word is the descriptor of the cgroup to start in. */
  readonly cloneArgs: Datum;
  readonly cgroupFd: Place;
  readonly taskFds: readonly Place[];
  /** How many of the plan's directories are there, for the way out. */
  readonly cgroupsMade: Place;
  /** A sysfs of the network that is joined, where the container can't make it itself. */
  readonly networkSys: Place;
  /** Holds the container back until its user namespace is mapped. */
  readonly goRead: Place;
  readonly goWrite: Place;
  /** Ends of the pipes for standard streams that the supervisor keeps, -1 where it keeps none. */
  readonly stdinRead: Place;
  readonly stdinWrite: Place;
  readonly stdoutRead: Place;
  readonly stdoutWrite: Place;
  readonly stderrRead: Place;
  readonly stderrWrite: Place;
  /** What goes to the log as stdout: the pipe, or the terminal's master; -1 while its owner reads that. */
  readonly pumped: Place;
  /** Why the supervisor ended it, as its `exit` tells that: `eventLayout.value`. */
  readonly causeInEvent: Place;
  /** 1 as long as the end of the owner ends the container. */
  readonly attached: Place;
}

export function createCommandContext<S extends CommandSpec>(p: ProgramBuilder, spec: S, figures: number) {
  return {
    p,
    spec,
    pid: cell('pid'),
    pidfd: cell('pidfd'),
    errorRead: cell('error_read'),
    errorWrite: cell('error_write'),
    record: buffer(recordSize(figures), 'record'),
    slave: descriptor('slave'),
    terminalFd: descriptor('terminal_fd'),
    consoleRead: descriptor('console_read'),
    consoleWrite: descriptor('console_write'),
    scratch: buffer(128, 'scratch'),
    result: cell('result'),
    listener: descriptor('listener_fd'),
    ownPid: buffer(16, 'own_pid'),
    ownPidLength: cell('own_pid_length'),
  };
}

export function createContext(p: ProgramBuilder, spec: LaunchSpec): Context {
  const command = createCommandContext(p, spec, spec.cgroup?.figures.length ?? 0);
  const { pidfd } = command;
  const cloneArgs = words(
    cloneArguments(spec, pidfd),
    `{flags=${cloneFlagNames(spec).join('|')}, exit_signal=SIGCHLD}`,
  );
  return {
    ...command,
    stateDirectory: `${spec.runtimeDirectory}/${spec.id}`,
    cleanUp: p.label(),
    sources: createSources(spec),
    stateFd: cell('state_fd'),
    cloneArgs,
    cgroupFd: at(cloneArgs, 80),
    cgroupsMade: cell('cgroups_made'),
    taskFds: (spec.cgroup?.join.tasks ?? []).map((_, index) => cell(`tasks_fd${index}`)),
    networkSys: descriptor('sys_fd'),
    goRead: cell('go_read'),
    goWrite: cell('go_write'),
    stdinRead: descriptor('stdin_read'),
    stdinWrite: descriptor('stdin_write'),
    stdoutRead: descriptor('stdout_read'),
    stdoutWrite: descriptor('stdout_write'),
    stderrRead: descriptor('stderr_read'),
    stderrWrite: descriptor('stderr_write'),
    pumped: descriptor('pumped'),
    causeInEvent: cell('cause_in_event'),
    attached: at(words([number(spec.lifetime.attached ? 1 : 0)], 'attached')),
  };
}
