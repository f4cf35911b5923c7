import { miscConstants } from '@tc/linux';
import { ProgramBuilder } from './builder.ts';
import { address, at, cell, flags, load, NULL, number } from './data.ts';
import { begin } from './phases/begin.ts';
import { createCommandContext } from './phases/context.ts';
import { makeSocketPair } from './phases/descriptors.ts';
import { type EventSource, eventLoop } from './phases/event-loop.ts';
import { killTree, prepareTree, releaseTree } from './phases/exec-tree.ts';
import {
  enterPidNamespace,
  execCloneArguments,
  joinGroups,
  joinNamespaces,
  openContainerTerminal,
  startErrors,
} from './phases/join.ts';
import { restrictByLandlock } from './phases/landlock.ts';
import { dropPrivileges, execute } from './phases/privileges.ts';
import { reap, recordPlace, send } from './phases/report.ts';
import { confine } from './phases/seccomp.ts';
import { makePipe } from './phases/standard-streams.ts';
import { becomeSupervisor, endFailedLaunch } from './phases/supervise.ts';
import { connectTerminal, takeTerminal } from './phases/terminal.ts';
import { waitForStart } from './phases/wait-for-start.ts';
import { deadline } from './phases/watches.ts';
import type { Label, LaunchProgram } from './program.ts';
import { causes, controlFd, recordLayout } from './protocol.ts';
import type { ExecSpec } from './spec.ts';

type ExecContext = ReturnType<typeof createCommandContext<ExecSpec>>;

const SIGKILL = number(9, 'SIGKILL');
const endingSignals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 } as const;

/**
 * Compiles a command for a container that runs: a supervisor of its own, and a process that joins the container's
 * namespaces and cgroups, gets no more privileges than the container has, and becomes the command. Pure.
 */
export function compileExec(spec: ExecSpec): LaunchProgram {
  const p = new ProgramBuilder();
  const c = createCommandContext(p, spec, 0);
  const [end, cleanUp, failed] = [p.label(), p.label(), p.label()];
  const [supervisor, commandFailed] = [p.label(), p.label()];
  const { tree } = spec.cgroup ?? {};
  const directory = cell('cgroup_fd');

  becomeSupervisor(c, end, { name: 'tctl-exec', given: 1, attachable: spec.terminal !== undefined });
  const tasks = spec.cgroup === undefined ? [] : prepareTree(c, spec.cgroup, directory);
  if (tree !== undefined) p.set(p.control.onFail, { kind: 'step', label: cleanUp });
  makePipe(c, c.errorRead, c.errorWrite, 'the command tells through it how far it got');
  if (spec.terminal !== undefined) {
    makeSocketPair(c, c.consoleRead, c.consoleWrite, 'the command hands its terminal over through it');
  }
  start(c, tree?.version === 2 ? directory : undefined);
  p.jumpIf(load(c.pid), 'ne', 0, supervisor);

  begin(c, commandFailed);
  joinGroups(c, tasks);
  joinNamespaces(c, spec);
  if (spec.terminal !== undefined) {
    openContainerTerminal(c, spec.terminal);
    connectTerminal(c);
  }
  dropPrivileges(c);
  enterPidNamespace(c);
  if (spec.terminal !== undefined) takeTerminal(c);
  restrictByLandlock(c);
  confine(c);
  execute(c);
  p.place(commandFailed);
  p.call('exit_group', [1], { what: 'end the failed start' });

  p.place(supervisor);
  p.group('supervise');
  p.set(p.control.onFail, { kind: 'step', label: failed });
  p.call('close', [load(c.errorWrite)], {
    what: 'close the error pipe',
    why: 'its end then means that the command runs',
  });
  for (const fd of tasks) p.call('close', [load(fd)], { what: 'close the tasks files' });
  p.call('close_range', [0, 2, 0], {
    what: "close the command's standard streams",
    why: 'a reader of its output sees the end when the command ends',
  });
  waitForStart(c, { failed, tied: true, bears: true }, () => {
    const startedAt = address(c.record, recordLayout.startedAt);
    p.call('clock_gettime', [flags(miscConstants, 'CLOCK_REALTIME'), startedAt], {
      what: 'note the time of day',
    });
  });
  superviseCommand(c);
  p.jump(cleanUp);
  p.place(failed);
  endFailedLaunch(c);
  p.place(cleanUp);
  p.set(p.control.onFail, { kind: 'step', label: end });
  if (tree !== undefined) releaseTree(c, tree);
  p.place(end);
  p.call('exit_group', [0], { what: 'end the supervisor' });
  return p.finish(c.record);
}

function start(c: ExecContext, into: ReturnType<typeof cell> | undefined): void {
  const { p } = c;
  const cloneArguments = execCloneArguments(c.pidfd, into !== undefined);
  if (into !== undefined) p.set(at(cloneArguments, 80), load(into));
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_MONOTONIC'), address(c.record, recordLayout.start)], {
    what: 'note the time',
  });
  p.call('clone3', [address(cloneArguments), cloneArguments.size], {
    what: 'start a process that joins the container',
    result: c.pid,
    diagnose: startErrors,
  });
}

/** Until the command has ended; where it was to end, with all that it has started. */
function superviseCommand(c: ExecContext): void {
  const { p, spec } = c;
  const { tree } = spec.cgroup ?? {};
  const [ended, killed, timedOut, ownerGone, intact] = [
    p.label(),
    cell('killed'),
    p.label(),
    p.label(),
    p.label(),
  ];
  const sources: EventSource[] = [
    { name: 'the end', fd: load(c.pidfd), on: 'POLLIN', handle: () => p.jump(ended) },
    {
      name: 'control',
      fd: number(controlFd),
      on: 'POLLIN',
      handle: ({ back, silence }) => passSignal(c, killed, back, () => silence('control'), ownerGone),
    },
  ];
  if (spec.timeoutMs !== undefined) sources.push(deadline(c, spec.timeoutMs, timedOut));
  const { back } = eventLoop(c, sources);
  const kill = p.label();
  p.place(timedOut);
  p.set(recordPlace(c, 'cause'), number(causes.timeout));
  p.jump(kill);
  p.place(ownerGone);
  p.set(recordPlace(c, 'cause'), number(causes.ownerGone));
  p.place(kill);
  p.set(killed, number(1));
  p.call('pidfd_send_signal', [load(c.pidfd), SIGKILL, NULL, 0], { what: 'end the command', checked: false });
  p.jump(back);

  p.place(ended);
  p.jumpIf(load(killed), 'eq', 0, intact);
  if (tree !== undefined) killTree(c, tree);
  else {
    p.compute(c.result, number(0), 'sub', load(c.pid));
    p.call('kill', [load(c.result), SIGKILL], {
      what: 'end its process group',
      why: 'before it is reaped, its number is nobody else’s',
      checked: false,
    });
  }
  p.place(intact);
  reap(c);
  send(c, c.record, c.record.size, 'report how it ended');
}

/** An order is a signal. After one that ends programs, nothing of the command stays. */
function passSignal(
  c: ExecContext,
  killed: ReturnType<typeof cell>,
  back: Label,
  silence: () => void,
  ownerGone: Label,
): void {
  const { p } = c;
  const signal = cell('signal');
  const [order, ending] = [p.label(), p.label()];
  p.call('read', [number(controlFd), address(signal.datum), 8], {
    what: 'read the order',
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'eq', 8, order);
  silence();
  p.jump(ownerGone);
  p.place(order);
  p.call('pidfd_send_signal', [load(c.pidfd), load(signal), NULL, 0], {
    what: 'pass a signal on',
    checked: false,
  });
  for (const number of Object.values(endingSignals)) p.jumpIf(load(signal), 'eq', number, ending);
  p.jump(back);
  p.place(ending);
  p.set(killed, number(1));
}
