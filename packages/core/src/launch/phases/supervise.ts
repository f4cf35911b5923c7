/**
 * The supervisor (the shim): the process that Node.js starts. It stays for the container's life, so that nothing
 * depends on Node.js: when the owner of an attached container dies, the control socket hangs up, and the supervisor
 * ends the container and removes what was made for it.
 */
import { miscConstants, openFlags, prctlOptions } from '@tc/linux';
import { address, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Label } from '../program.ts';
import { causes, controlFd, orders } from '../protocol.ts';
import { writeIfThere } from './cgroups.ts';
import type { CommandContext, Context } from './context.ts';
import { type EventSource, eventLoop, type LoopControl } from './event-loop.ts';
import { appendEvents } from './journal.ts';
import { createLogPump } from './log-pump.ts';
import { recordPlace } from './report.ts';
import { allSignals } from './signals.ts';
import { leaveStreams } from './standard-streams.ts';
import { writeRunning } from './state-files.ts';
import { mapUserNamespace } from './user-namespace.ts';
import { waitForStart } from './wait-for-start.ts';
import { cpuTimeLimit, deadline, limitWatches } from './watches.ts';

const SIGKILL = number(9, 'SIGKILL');

/** The first steps. Until there is something to undo, a failure leads straight to the end. */
export function becomeSupervisor(
  c: CommandContext,
  end: Label,
  { name, given, attachable }: { name: string; given: number; attachable: boolean },
): void {
  const { p } = c;
  p.group('supervise');
  p.set(p.control.reportFd, number(controlFd));
  p.set(p.control.onFail, { kind: 'step', label: end });
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), allSignals(), NULL, 8], {
    what: 'block signals',
    why: 'no stray signal ends the supervisor before it has cleaned up',
  });
  p.call('close_range', [controlFd + 1 + given, number(0xffffffff, '~0U'), 0], {
    what: 'close all but the standard streams and what it was given',
    why: 'what the caller has open is not for the supervisor to hold',
  });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_NAME'), string(name)], {
    what: 'name the supervisor',
    why: 'ps shows what this process is',
  });
  if (!attachable) return;
  p.call('prctl', [flags(prctlOptions, 'PR_SET_PTRACER'), number(-1, 'PR_SET_PTRACER_ANY')], {
    what: 'let its user attach',
    why: 'Yama would keep the terminal from all but its parent: pidfd_getfd(2)',
    checked: false,
  });
}

/** The supervisor's side after the clone: waits for the start, then for the end. */
export function supervise(c: Context, failed: Label): void {
  const { p, spec } = c;
  p.group('supervise');
  p.set(p.control.onFail, { kind: 'step', label: failed });
  if (spec.namespaces.user !== undefined) mapUserNamespace(c, spec.namespaces.user, failed);
  p.call('close', [load(c.errorWrite)], {
    what: 'close the error pipe',
    why: 'its end then means that the command runs',
  });
  for (const fd of c.taskFds) p.call('close', [load(fd)], { what: 'close the tasks files' });
  p.call('close_range', [0, 2, 0], {
    what: "close the container's standard streams",
    why: 'a reader of its output sees the end when the container ends',
  });
  leaveStreams(c);
  p.call('chdir', [string('/')], { what: 'leave the working directory', why: 'so that it can be unmounted' });

  waitForStart(c, { failed, tied: spec.lifetime.attached }, () => {
    writeRunning(c);
    appendEvents(c, spec.lifetime.leaves === 'nothing' ? ['create', 'start'] : ['start'], load(c.pid));
  });
  waitForEnd(c);
}

/** Where a launch that failed goes on. */
export function endFailedLaunch({ p, pid, pidfd }: CommandContext): void {
  const kill = [load(pidfd), SIGKILL, NULL, 0];
  p.call('pidfd_send_signal', kill, { what: 'end the failed container', checked: false });
  p.call('wait4', [load(pid), NULL, 0, NULL], { what: 'reap the failed container', checked: false });
}

/** Goes on when the first process has ended and all that it wrote is in the log. */
function waitForEnd(c: Context): void {
  const { p, spec } = c;
  const ended = p.label();
  const because = { timeout: p.label(), ownerGone: p.label(), cpu: p.label(), output: p.label() };
  const { terminal, logs } = spec;
  const pump = logs === undefined ? undefined : createLogPump(c, logs);
  const sources: EventSource[] = [
    { name: 'the end', fd: load(c.pidfd), on: 'POLLIN', handle: () => p.jump(ended) },
    {
      name: 'control',
      fd: number(controlFd),
      on: 'POLLIN',
      handle: (loop) => obey(c, loop, because.ownerGone),
    },
  ];
  if (spec.timeoutMs !== undefined) sources.push(deadline(c, spec.timeoutMs, because.timeout));
  if (spec.cpuTime !== undefined) sources.push(...cpuTimeLimit(c, spec.cpuTime, because.cpu));
  if (pump !== undefined) {
    if (terminal !== undefined) {
      const peer = flags(openFlags, 'O_RDWR', 'O_NOCTTY', 'O_CLOEXEC');
      p.call('ioctl', [load(c.terminalFd), flags(miscConstants, 'TIOCGPTPEER'), peer], {
        what: 'keep the terminal open',
        why: 'where nobody has it open for a moment, it would be at its end: pty(7)',
        checked: false,
      });
    }
    if (terminal?.logged !== false) {
      p.set(c.pumped, load(terminal === undefined ? c.stdoutRead : c.terminalFd));
    }
    sources.push(pump.source('stdout', c.pumped, because.output));
    if (terminal === undefined) sources.push(pump.source('stderr', c.stderrRead, because.output));
  }
  const watches = limitWatches(c);
  sources.push(...watches.map(({ source }) => source));
  const { back } = eventLoop(c, sources);

  const kill = p.label();
  for (const cause of ['timeout', 'ownerGone', 'cpu', 'output'] as const) {
    p.place(because[cause]);
    p.jumpIf(load(recordPlace(c, 'cause')), 'ne', 0, back); // the first one counts
    p.set(recordPlace(c, 'cause'), number(causes[cause]));
    p.set(c.causeInEvent, number(causes[cause] * 2 ** 32));
    p.jump(kill);
  }
  p.place(kill);
  p.call('pidfd_send_signal', [load(c.pidfd), SIGKILL, NULL, 0], {
    what: 'end the container',
    why: 'with its first process the kernel ends all others of a PID namespace',
    checked: false,
  });
  if (spec.cgroup?.freezer !== undefined) writeIfThere(c, spec.cgroup.freezer, 'THAWED');
  p.jump(back);

  p.place(ended);
  for (const { lookAgain } of watches) lookAgain();
  if (pump !== undefined && terminal !== undefined) {
    const nonblocking = flags(openFlags, 'O_RDWR', 'O_NONBLOCK');
    p.call('fcntl', [load(c.terminalFd), flags(miscConstants, 'F_SETFL'), nonblocking], {
      what: 'no longer wait for its output',
      why: 'others may have the slave open still: descriptors travel through sockets',
      checked: false,
    });
  }
  pump?.drain(c.pumped);
  if (terminal === undefined) pump?.drain(c.stderrRead);
}

/** An order from the owner, or its end. */
function obey(c: Context, { back, silence, listen }: LoopControl, ownerGone: Label): void {
  const { p } = c;
  const signal = cell('signal');
  const [order, detach] = [p.label(), p.label()];
  p.call('read', [number(controlFd), address(signal.datum), 8], {
    what: 'read the order',
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'eq', 8, order);
  silence('control');
  p.jumpIf(load(c.attached), 'ne', 0, ownerGone);
  p.jump(detach); // nobody reads the terminal any more
  p.place(order);
  p.jumpIf(load(signal), 'eq', orders.detach, detach);
  p.call('pidfd_send_signal', [load(c.pidfd), load(signal), NULL, 0], {
    what: 'pass a signal on',
    checked: false,
  });
  p.jump(back);
  p.place(detach);
  p.set(c.attached, number(0));
  if (c.spec.terminal === undefined || c.spec.logs === undefined) return;
  p.set(c.pumped, load(c.terminalFd));
  listen('stdout', load(c.terminalFd));
}
