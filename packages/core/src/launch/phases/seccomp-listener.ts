/**
 * Who answers the calls of a filter with SCMP_ACT_NOTIFY: a program of the host that waits at a socket. It gets the
 * filter's descriptor (seccomp_unotify(2)) and OCI's containerProcessState as JSON: runtime-spec, config-linux.md, "Seccomp".
 */
import { miscConstants, openFlags } from '@tc/linux';
import { address, at, bytes, flags, load, NULL, number, string, words } from '../data.ts';
import type { Diagnosis, Operand, Place } from '../program.ts';
import type { SeccompListener } from '../spec.ts';
import type { CommandContext } from './context.ts';
import { cwd } from './mount-calls.ts';

/**
 * Before anything of the container is mounted or joined: the socket is the host's, and the link /proc/self of the host's
 * proc is this process's pid as the host writes it.
 */
export function connectListener({ p, spec, listener, ownPid, ownPidLength }: CommandContext): void {
  const to = spec.process.seccompListener;
  if (to === undefined) return;
  p.group('privileges');
  p.call(
    'socket',
    [flags(miscConstants, 'AF_UNIX'), flags(miscConstants, 'SOCK_STREAM', 'SOCK_CLOEXEC'), 0],
    {
      what: 'open a socket',
      result: listener,
    },
  );
  const path = Buffer.from(`\x01\0${to.path}\0`); // AF_UNIX
  const unavailable: Diagnosis = {
    code: 'SECCOMP_LISTENER_UNAVAILABLE',
    hint: 'The program that answers for the filter must listen at it before the container starts.',
  };
  p.call('connect', [load(listener), address(bytes(path, `{AF_UNIX, "${to.path}"}`)), path.length], {
    what: `connect to ${to.path}`,
    why: 'who listens there answers the calls that the filter leaves to it',
    diagnose: { ENOENT: unavailable, ECONNREFUSED: unavailable, EACCES: unavailable },
  });
  p.call('readlinkat', [cwd, string('/proc/self'), address(ownPid), ownPid.size], {
    what: 'learn its own pid',
    result: ownPidLength,
  });
}

/** Beside those that it keeps, as all others are closed next. @returns how many more there are */
export function keepListener({ p, spec, listener }: CommandContext, after: Place): number {
  if (spec.process.seccompListener === undefined) return 0;
  const isThere = p.label();
  p.jumpIf(load(listener), 'eq', load(after), isThere); // which dup3(2) refuses
  p.call('dup3', [load(listener), load(after), flags(openFlags, 'O_CLOEXEC')], { what: 'keep the socket' });
  p.place(isThere);
  p.set(listener, load(after));
  return 1;
}

/** After the filter is on: what this needs it must allow without asking (`checkListener`). */
export function sendListener(c: CommandContext, to: SeccompListener, filter: Place): void {
  const { p, listener } = c;
  const parts = stateText(to).flatMap((text, index): [Operand, Operand][] => [
    ...(index === 0 ? [] : [[address(c.ownPid), load(c.ownPidLength)] as [Operand, Operand]]),
    [string(text), number(Buffer.byteLength(text))],
  ]);
  const vector = words(parts.flat(), '[containerProcessState]');
  for (const [index, part] of parts.entries()) {
    if (part[1].kind === 'value') p.set(at(vector, index * 16 + 8), part[1]);
  }
  const { SOL_SOCKET, SCM_RIGHTS } = miscConstants;
  const rights = number(SOL_SOCKET + SCM_RIGHTS * 2 ** 32, 'SOL_SOCKET, SCM_RIGHTS');
  const control = words([number(20), rights, number(0)], '{SOL_SOCKET, SCM_RIGHTS}');
  p.set(at(control, 16), load(filter));
  const message = words(
    [
      NULL,
      number(0),
      address(vector),
      number(parts.length),
      address(control),
      number(control.size),
      number(0),
    ],
    '{msg_iov=[containerProcessState], msg_control={SCM_RIGHTS}}',
  );
  p.call('sendmsg', [load(listener), address(message), flags(miscConstants, 'MSG_NOSIGNAL')], {
    what: 'hand the filter to its listener',
    diagnose: {
      EPERM: { code: 'INVALID_SECCOMP', hint: 'The profile must allow sendmsg, close, write and execve.' },
    },
  });
  // Not left to execve(2): with init there is none, and whoever has it could answer for itself.
  p.call('close', [load(filter)], { what: 'close the filter', checked: false });
  p.call('close', [load(listener)], { what: 'close the socket', checked: false });
}

/** No text of a state is this: checked where it is made. */
const mark = '\u0000pid';

/** The JSON, cut where the pid is to stand. */
function stateText({ metadata, state }: SeccompListener): string[] {
  const whole = {
    ociVersion: state['ociVersion'] ?? '1.2.0',
    fds: ['seccompFd'],
    pid: mark,
    ...(metadata === undefined ? {} : { metadata }),
    state: { ociVersion: '1.2.0', ...state, pid: mark },
  };
  return JSON.stringify(whole).split(JSON.stringify(mark));
}
