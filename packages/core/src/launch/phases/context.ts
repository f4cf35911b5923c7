import type { ProgramBuilder } from '../builder.ts';
import { at, buffer, cell, words } from '../data.ts';
import type { Datum, Label, Place } from '../program.ts';
import { recordSize } from '../protocol.ts';
import type { LaunchSpec } from '../spec.ts';
import { cloneArguments, cloneFlagNames } from './namespaces.ts';

/** What the phases share: the spec, the builder, and the memory that one phase fills and another reads. */
export interface Context {
  readonly p: ProgramBuilder;
  readonly spec: LaunchSpec;
  /** `<runtimeDirectory>/<id>`. */
  readonly stateDirectory: string;
  /** Where the supervisor goes when it is to undo everything and end. */
  readonly cleanUp: Label;
  readonly stateFd: Place;
  /** struct clone_args: clone(2). Its last word is the descriptor of the cgroup to start in. */
  readonly cloneArgs: Datum;
  readonly cgroupFd: Place;
  readonly taskFds: readonly Place[];
  /** How many of the plan's directories are there, for the way out. */
  readonly cgroupsMade: Place;
  /** The container's first process, as the host sees it. */
  readonly pid: Place;
  readonly pidfd: Place;
  /** The error pipe: the container's side says "ready" or names the call that failed. */
  readonly errorPipe: Datum;
  readonly errorRead: Place;
  readonly errorWrite: Place;
  /** Holds the container back until its user namespace is mapped. */
  readonly goPipe: Datum;
  readonly goRead: Place;
  readonly goWrite: Place;
  /** What the supervisor reports at the end: `protocol.ts`. */
  readonly record: Datum;
  readonly scratch: Datum;
  readonly result: Place;
}

export function createContext(p: ProgramBuilder, spec: LaunchSpec): Context {
  const pidfd = cell('pidfd');
  const cloneArgs = words(
    cloneArguments(spec, pidfd),
    `{flags=${cloneFlagNames(spec).join('|')}, exit_signal=SIGCHLD}`,
  );
  return {
    p,
    spec,
    stateDirectory: `${spec.runtimeDirectory}/${spec.id}`,
    cleanUp: p.label(),
    stateFd: cell('state_fd'),
    cloneArgs,
    cgroupFd: at(cloneArgs, 80),
    cgroupsMade: cell('cgroups_made'),
    taskFds: (spec.cgroup?.join.tasks ?? []).map((_, index) => cell(`tasks_fd${index}`)),
    pid: cell('pid'),
    pidfd,
    errorPipe: buffer(8, '[error_read, error_write]'),
    errorRead: cell('error_read'),
    errorWrite: cell('error_write'),
    goPipe: buffer(8, '[go_read, go_write]'),
    goRead: cell('go_read'),
    goWrite: cell('go_write'),
    record: buffer(recordSize(spec.cgroup?.figures.length ?? 0), 'record'),
    scratch: buffer(128, 'scratch'),
    result: cell('result'),
  };
}
