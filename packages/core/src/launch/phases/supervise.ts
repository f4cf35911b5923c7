/**
 * The supervisor (the shim): the process that Node.js starts. It stays for the container's life, so that nothing
 * depends on Node.js: when Node.js dies, the control socket hangs up, and the supervisor ends the container and
 * removes what was made for it.
 */
import { miscConstants, prctlOptions } from '@tc/linux';
import { address, at, buffer, bytes, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Datum, Label } from '../program.ts';
import { causes, controlFd, messages } from '../protocol.ts';
import type { Context } from './context.ts';
import { recordPlace, report, send } from './report.ts';
import { mapUserNamespace } from './user-namespace.ts';

const SIGKILL = 9;

/** The first steps. Until there is something to undo, a failure leads straight to the end. */
export function becomeSupervisor(c: Context, end: Label): void {
  const { p } = c;
  p.group('supervise');
  p.set(p.control.reportFd, number(controlFd));
  p.set(p.control.onFail, { kind: 'step', label: end });
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), allSignals(), NULL, 8], {
    what: 'block signals',
    why: 'no stray signal ends the supervisor before it has cleaned up',
  });
  p.call('close_range', [controlFd + 1, number(0xffffffff, '~0U'), 0], {
    what: 'close all but the standard streams and the control socket',
    why: 'what the caller has open is not for the supervisor to hold',
  });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_NAME'), string('tctl-shim')], {
    what: 'name the supervisor',
    why: 'ps shows what this process is',
  });
}

/** The container's first step: the command starts with the mask that programs expect. */
export function unblockSignals({ p }: Context): void {
  p.group('start');
  const none = address(bytes(new Uint8Array(8), '[]'));
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), none, NULL, 8], { what: 'unblock signals' });
}

function allSignals() {
  return address(bytes(new Uint8Array(8).fill(0xff), '~[]'));
}

/** The supervisor's side after the clone: waits for the start, then for the end, then reports and cleans up. */
export function supervise(c: Context): void {
  const { p, spec } = c;
  const failed = p.label();
  p.group('supervise');
  p.set(p.control.onFail, { kind: 'step', label: failed });
  if (spec.namespaces.user !== undefined) mapUserNamespace(c, spec.namespaces.user);
  p.call('close', [load(c.errorWrite)], {
    what: 'close the error pipe',
    why: 'its end then means that the command runs',
  });
  for (const fd of c.taskFds) p.call('close', [load(fd)], { what: 'close the tasks files' });
  p.call('close_range', [0, 2, 0], {
    what: "close the container's standard streams",
    why: 'a reader of its output sees the end when the container ends',
  });
  p.call('chdir', [string('/')], { what: 'leave the working directory', why: 'so that it can be unmounted' });

  waitForStart(c, failed);
  const ended = waitForEnd(c);
  p.place(ended);
  report(c);
  p.jump(c.cleanUp);

  p.place(failed);
  const kill = [load(c.pidfd), number(SIGKILL, 'SIGKILL'), NULL, 0];
  p.call('pidfd_send_signal', kill, { what: 'end the failed container', checked: false });
  p.call('wait4', [load(c.pid), NULL, 0, NULL], { what: 'reap the failed container', checked: false });
}

function waitForStart(c: Context, failed: Label): void {
  const { p } = c;
  const started = p.label();
  const ready = p.label();
  const forward = p.label();
  const readPipe = (what: string, why: string) =>
    p.call('read', [load(c.errorRead), address(c.scratch), 8], { what, why, result: c.result });

  readPipe(
    'wait until the container is ready',
    'it has done all but its last call, or names one that failed',
  );
  p.jumpIf(load(c.result), 'ne', 0, ready);
  send(c, words([number(messages.died)], 'died'), 8, 'report that it died while starting');
  p.jump(failed);
  p.place(ready);
  p.jumpIf(load(at(c.scratch)), 'ne', number(messages.ready), forward);
  readPipe('wait until its command runs', 'execve closes the pipe');
  p.jumpIf(load(c.result), 'eq', 0, started);
  p.place(forward);
  send(c, c.scratch, 8, 'report the call that failed');
  p.jump(failed);

  p.place(started);
  p.call('close', [load(c.errorRead)], { what: 'close the error pipe' });
  const message = buffer(16, '{started, pid}');
  p.set(at(message), number(messages.started));
  p.set(at(message, 4), load(c.pid)); // the upper half of the message's 8 bytes
  send(c, message, 8, 'report that it runs');
}

/** @returns the label to place where the container has ended. */
function waitForEnd(c: Context): Label {
  const { p, spec } = c;
  const ended = p.label();
  const timedOut = p.label();
  const control = p.label();
  const kill = p.label();
  const readable = 2 ** 32; // POLLIN in the events field of struct pollfd
  const polls = buffer(24, '[{pidfd}, {control}, {timer}]');
  const [pollExit, pollControl, pollTimer] = [at(polls, 0), at(polls, 8), at(polls, 16)];

  p.compute(pollExit, load(c.pidfd), 'add', number(readable));
  p.set(pollControl, number(controlFd + readable));
  if (spec.timeoutMs !== undefined) {
    const timer = cell('timer_fd');
    p.call('timerfd_create', [flags(miscConstants, 'CLOCK_MONOTONIC'), flags(miscConstants, 'TFD_CLOEXEC')], {
      what: 'make a timer',
      why: 'the supervisor keeps the deadline, whatever Node.js is doing',
      result: timer,
    });
    p.call('timerfd_settime', [load(timer), 0, address(timerAfter(spec.timeoutMs)), NULL], {
      what: `set the timer to ${spec.timeoutMs} ms`,
    });
    p.compute(pollTimer, load(timer), 'add', number(readable));
  }

  const loop = p.here();
  p.call('ppoll', [address(polls), spec.timeoutMs === undefined ? 2 : 3, NULL, NULL, 8], {
    what: 'wait for the end of the container, for an order, or for the end of Node.js',
  });
  for (const [poll, label] of [
    [pollExit, ended],
    [pollTimer, timedOut],
    [pollControl, control],
  ] as const) {
    p.compute(c.result, load(poll), 'shr', 48); // revents
    p.jumpIf(load(c.result), 'ne', 0, label);
  }
  p.jump(loop);

  p.place(control);
  const signal = cell('signal');
  p.call('read', [number(controlFd), address(signal.datum), 8], {
    what: 'read the order',
    checked: false,
    result: c.result,
  });
  const ownerGone = p.label();
  p.jumpIf(load(c.result), 'ne', 8, ownerGone);
  p.call('pidfd_send_signal', [load(c.pidfd), load(signal), NULL, 0], {
    what: 'pass a signal on',
    checked: false,
  });
  p.jump(loop);

  p.place(ownerGone);
  p.set(pollControl, number(-1)); // poll(2) ignores negative descriptors
  p.set(recordPlace(c, 'cause'), number(causes.ownerGone));
  p.jump(kill);
  p.place(timedOut);
  p.set(pollTimer, number(-1));
  p.set(recordPlace(c, 'cause'), number(causes.timeout));
  p.place(kill);
  p.call('pidfd_send_signal', [load(c.pidfd), number(SIGKILL, 'SIGKILL'), NULL, 0], {
    what: 'end the container',
    why: 'with its first process the kernel ends all others of a PID namespace',
    checked: false,
  });
  p.jump(loop);
  return ended;
}

function timerAfter(milliseconds: number): Datum {
  const seconds = number(Math.floor(milliseconds / 1000));
  const nanoseconds = number(Math.round((milliseconds % 1000) * 1e6));
  return words([number(0), number(0), seconds, nanoseconds], `{it_value=${milliseconds / 1000}s}`);
}
