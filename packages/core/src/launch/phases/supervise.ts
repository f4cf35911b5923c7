/**
 * The supervisor (the shim): the process that Node.js starts. It stays for the container's life, so that nothing
 * depends on Node.js: when Node.js dies, the control socket hangs up, and the supervisor ends the container and
 * removes what was made for it.
 */
import { atFlags, miscConstants, openFlags, prctlOptions } from '@tc/linux';
import { address, at, buffer, bytes, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Datum, Label, Place } from '../program.ts';
import { causes, controlFd, figureOffset, figureSize, messages, recordLayout } from '../protocol.ts';
import type { UserNamespaceSpec } from '../spec.ts';
import { removeCgroups } from './cgroups.ts';
import type { Context } from './context.ts';

const cwd = flags(atFlags, 'AT_FDCWD');
const SIGKILL = 9;

/** Takes a place in the runtime directory whose lock tells others that this container has an owner. */
export function prepareSupervisor(c: Context, end: Label): void {
  const { p, spec } = c;
  p.group('supervise');
  p.set(p.control.reportFd, number(controlFd));
  p.set(p.control.onFail, { kind: 'step', label: end });
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), allSignals(), NULL, 8], {
    what: 'block signals',
    why: 'no stray signal ends the supervisor before it has cleaned up',
  });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_NAME'), string('tctl-shim')], {
    what: 'name the supervisor',
    why: 'ps shows what this process is',
  });
  const lock = cell('lock_fd');
  const openLock = flags(openFlags, 'O_RDONLY', 'O_CREAT', 'O_CLOEXEC');
  p.call('openat', [cwd, string(`${spec.runtimeDirectory}/lock`), openLock, number(0o600, '0600')], {
    what: `open ${spec.runtimeDirectory}/lock`,
    result: lock,
    diagnose: {
      EACCES: { hint: 'Run as root, or set TCTL_RUNTIME_DIR to a directory that you may write to.' },
    },
  });
  p.call('flock', [load(lock), flags(miscConstants, 'LOCK_SH')], {
    what: 'wait for a clean-up to end',
    why: 'so that nobody takes the new directory for an abandoned one',
  });
  p.call('mkdirat', [cwd, string(c.stateDirectory), number(0o700, '0700')], {
    what: `make the state directory ${c.stateDirectory}`,
    why: 'its name reserves the id',
    diagnose: {
      EEXIST: { code: 'CONTAINER_EXISTS', hint: 'Choose another name, or remove that container first.' },
    },
  });
  p.set(p.control.onFail, { kind: 'step', label: c.cleanUp });
  const openDirectory = flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC');
  p.call('openat', [cwd, string(c.stateDirectory), openDirectory], {
    what: 'open the state directory',
    result: c.stateFd,
  });
  p.call('flock', [load(c.stateFd), flags(miscConstants, 'LOCK_EX', 'LOCK_NB')], {
    what: 'lock the state directory',
    why: 'the kernel drops the lock when the supervisor dies: an unlocked one is abandoned',
  });
  p.call('close', [load(lock)], { what: 'let clean-ups go on' });
  p.call('fchdir', [load(c.stateFd)], {
    what: 'go into the state directory',
    why: 'a new mount namespace keeps the working directory: the container finds this one without a path',
  });
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

/** The way out of every path: removes the cgroups and the state directory, and exits. */
export function cleanUp(c: Context, end: Label): void {
  const { p } = c;
  p.place(c.cleanUp);
  p.set(p.control.onFail, { kind: 'step', label: end });
  if (c.spec.cgroup !== undefined) removeCgroups(c, c.spec.cgroup);
  p.group('supervise');
  p.call('unlinkat', [cwd, string(c.stateDirectory), flags(atFlags, 'AT_REMOVEDIR')], {
    what: 'remove the state directory',
    checked: false,
  });
  p.place(end);
  p.call('exit_group', [0], { what: 'end the supervisor' });
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

/**
 * Only a process outside may write a map of more than one line: user_namespaces(7). The container opened its own
 * /proc directory and says which descriptor that is, because a pid can't become a path without formatting it.
 */
function mapUserNamespace(c: Context, user: UserNamespaceSpec): void {
  const { p } = c;
  p.group('namespaces');
  p.call('read', [load(c.errorRead), address(c.scratch), 8], {
    what: "learn the descriptor of the container's /proc directory",
  });
  const directory = cell('proc_pid_fd');
  p.call('pidfd_getfd', [load(c.pidfd), load(at(c.scratch)), 0], {
    what: 'take that descriptor over',
    result: directory,
  });
  const files = [
    ...(user.denySetgroups ? [['setgroups', 'deny'] as const] : []),
    ['uid_map', user.uidMap] as const,
    ['gid_map', user.gidMap] as const,
  ];
  for (const [name, text] of files) {
    const fd = cell('fd');
    p.call('openat', [load(directory), string(name), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
      what: `open ${name}`,
      result: fd,
    });
    p.call('write', [load(fd), string(text), Buffer.byteLength(text)], {
      what: `write ${name}`,
      why: 'which ids of the host the ids of the container are',
      diagnose: {
        EPERM: { hint: 'An ordinary user may map only itself, unless newuidmap and /etc/subuid allow more.' },
      },
    });
    p.call('close', [load(fd)], { what: `close ${name}` });
  }
  p.call('close', [load(directory)], { what: "close the container's /proc directory" });
  p.call('write', [load(c.goWrite), string('.'), 1], { what: 'let the container go on' });
  p.group('supervise');
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

/** Collects how it ended and what the kernel counted, and sends it. */
function report(c: Context): void {
  const { p } = c;
  const { status, rusage, end } = recordLayout;
  p.set(recordPlace(c, 'kind'), number(messages.ended));
  p.call('wait4', [load(c.pid), address(c.record, status), 0, address(c.record, rusage)], {
    what: 'reap the container',
    why: 'gives its exit status and resource usage',
  });
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_MONOTONIC'), address(c.record, end)], {
    what: 'note the time',
  });
  c.spec.cgroup?.figures.forEach((figure, index) => {
    const fd = cell('fd');
    const skip = p.label();
    const slot = figureOffset(index);
    p.call('openat', [cwd, string(figure.path), flags(openFlags, 'O_RDONLY', 'O_CLOEXEC')], {
      what: `open ${figure.name}`,
      checked: false,
      result: fd,
    });
    p.jumpIf(load(fd), 'lt', 0, skip);
    p.call('read', [load(fd), address(c.record, slot + 8), figureSize - 8], {
      what: `read ${figure.name}`,
      checked: false,
      result: at(c.record, slot),
    });
    p.call('close', [load(fd)], { what: `close ${figure.name}`, checked: false });
    p.place(skip);
  });
  send(c, c.record, c.record.size, 'report how it ended');
}

function recordPlace(c: Context, field: keyof typeof recordLayout): Place {
  return at(c.record, recordLayout[field]);
}

function send(c: Context, datum: Datum, size: number, what: string): void {
  // MSG_NOSIGNAL: the owner may be gone. A failure to report changes nothing about what is to be done.
  c.p.call(
    'sendto',
    [number(controlFd), address(datum), size, flags(miscConstants, 'MSG_NOSIGNAL'), NULL, 0],
    {
      what,
      checked: false,
    },
  );
}

function timerAfter(milliseconds: number): Datum {
  const seconds = number(Math.floor(milliseconds / 1000));
  const nanoseconds = number(Math.round((milliseconds % 1000) * 1e6));
  return words([number(0), number(0), seconds, nanoseconds], `{it_value=${milliseconds / 1000}s}`);
}
