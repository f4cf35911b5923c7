/** A new process enters a container that runs: setns(2). */
import { cloneFlags, fsMagic, openFlags, prctlOptions } from '@tc/linux';
import { address, at, buffer, cell, flags, load, number, string, words } from '../data.ts';
import type { Place } from '../program.ts';
import { messages } from '../protocol.ts';
import type { ExecSpec, TerminalSpec } from '../spec.ts';
import type { CommandContext } from './context.ts';
import { dieWithSupervisor } from './privileges.ts';
import { openTerminal } from './terminal.ts';

const namespaceFlags = {
  mount: 'CLONE_NEWNS',
  uts: 'CLONE_NEWUTS',
  ipc: 'CLONE_NEWIPC',
  net: 'CLONE_NEWNET',
  cgroup: 'CLONE_NEWCGROUP',
  time: 'CLONE_NEWTIME',
} as const;

/** The container's first process, as the supervisor was given it. */
export const containerFd = 4;

const gone = { ESRCH: { code: 'CONTAINER_NOT_RUNNING', hint: 'It has ended meanwhile.' } } as const;

/**
 * The first process's part. All at once: an ordinary user may join a user namespace that it has made, and with that
 * the others. It stays in its own PID namespace, where the container can't see it; its children will be in there.
 */
export function joinNamespaces(
  c: CommandContext,
  { join, namespaces }: Pick<ExecSpec, 'join' | 'namespaces'>,
): void {
  const { p } = c;
  p.group('namespaces');
  p.call('prctl', [flags(prctlOptions, 'PR_SET_DUMPABLE'), 0, 0, 0, 0], {
    what: 'keep its memory to itself',
    why: 'what it starts has that of the launch program, with paths of the host (CVE-2016-9962)',
  });
  const isUser = namespaces.user !== undefined;
  const names = ['CLONE_NEWPID' as const, ...join.map((name) => namespaceFlags[name])];
  p.call(
    'setns',
    [containerFd, flags(cloneFlags, ...(isUser ? (['CLONE_NEWUSER'] as const) : []), ...names)],
    {
      what: `join the namespaces: ${[...(isUser ? ['user'] : []), 'pid', ...join].join(', ')}`,
      why: 'what the container sees, and its root directory',
      diagnose: gone,
    },
  );
  if (isUser) {
    p.call('setresgid', [0, 0, 0], { what: 'become group 0 of the namespace' });
    p.call('setresuid', [0, 0, 0], { what: 'become root of the namespace' });
  }
  p.call('umask', [0], { what: 'clear the umask', why: 'modes are as given until the command starts' });
}

/**
 * The process that the container sees is born with the container's root and privileges, and with no descriptor of the
 * host: where the container has CAP_SYS_PTRACE it can be whatever this process is from its first moment on. It is the
 * supervisor's child.
 */
export function enterPidNamespace(c: CommandContext): void {
  const { p } = c;
  p.group('namespaces');
  const [second, born] = [cell('second_pid'), p.label()];
  const fields = [flags(cloneFlags, 'CLONE_PARENT'), ...Array.from({ length: 10 }, () => number(0))];
  const cloneArguments = words(fields, '{flags=CLONE_PARENT}');
  // What is filtered already may not use clone3, which a filter can't look into.
  const isFiltered = c.spec.process.noNewPrivileges === false && c.spec.process.seccomp !== undefined;
  const args = isFiltered
    ? [flags(cloneFlags, 'CLONE_PARENT'), 0, 0, 0, 0]
    : [address(cloneArguments), cloneArguments.size];
  p.call(isFiltered ? 'clone' : 'clone3', args, {
    what: 'start a process in the container',
    why: 'with nothing left that the container could take from it',
    result: second,
    diagnose: startErrors,
  });
  p.jumpIf(load(second), 'eq', 0, born);
  const message = buffer(16, '{born, pid}');
  p.set(at(message), number(messages.born));
  p.set(at(message, 4), load(second));
  p.call('write', [load(c.errorWrite), address(message), 8], { what: 'tell the supervisor its pid' });
  p.call('exit_group', [0], { what: 'leave the rest to it' });
  p.place(born);
  p.group('start');
  p.call('setsid', [], { what: 'start a session', why: 'no signal or terminal of the caller reaches it' });
  dieWithSupervisor(c); // which is not inherited
}

export const startErrors = {
  EAGAIN: {
    code: 'PIDS_LIMIT',
    hint: 'The container has as many processes as it may have: a command needs room for two, for a moment.',
  },
  ENOMEM: { code: 'CONTAINER_NOT_RUNNING', hint: 'It has ended meanwhile.' },
  ENODEV: { code: 'CONTAINER_NOT_RUNNING', hint: 'It has ended meanwhile.' },
} as const;

export function joinGroups({ p }: CommandContext, tasks: readonly Place[]): void {
  p.group('cgroups');
  for (const fd of tasks) {
    p.call('write', [load(fd), string('0'), 1], {
      what: 'join a cgroup of the container',
      why: 'writing 0 to tasks moves the writer alone and takes no global lock',
      diagnose: { ENODEV: { code: 'CONTAINER_NOT_RUNNING', hint: 'It has ended meanwhile.' } },
    });
  }
}

/**
 * The container could have put anything at this path: that it is a devpts is checked, and all else is done with the
 * master itself.
 */
export function openContainerTerminal(c: CommandContext, terminal: TerminalSpec): void {
  const { p } = c;
  p.group('start');
  const fd = cell('pts_fd');
  const how = flags(openFlags, 'O_PATH', 'O_DIRECTORY', 'O_NOFOLLOW', 'O_CLOEXEC');
  p.call('openat', [number(-100, 'AT_FDCWD'), string('/dev/pts'), how], {
    what: 'open /dev/pts',
    result: fd,
  });
  const statfs = buffer(120, '{f_type}');
  const same = p.label();
  const check = p.call('fstatfs', [load(fd), address(statfs)], {
    what: 'check that /dev/pts is a devpts',
    diagnose: {
      EPERM: { code: 'TERMINAL_UNAVAILABLE', hint: 'The container has put something else at /dev/pts.' },
    },
  });
  p.jumpIf(load(at(statfs)), 'eq', flags(fsMagic, 'DEVPTS_SUPER_MAGIC'), same);
  p.fail(number(1), check);
  p.place(same);
  openTerminal(c, terminal, { directory: load(fd), name: 'ptmx' });
}

/** struct clone_args: clone(2). `directory` is the cgroup to start in, 0 for none. */
export function execCloneArguments(pidfd: Place, into: boolean) {
  const names = into ? (['CLONE_PIDFD', 'CLONE_INTO_CGROUP'] as const) : (['CLONE_PIDFD'] as const);
  const fields = [flags(cloneFlags, ...names), { kind: 'address' as const, place: pidfd }];
  const rest = [0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0].map((value) => number(value));
  return words([...fields, ...rest], `{flags=${names.join('|')}, exit_signal=SIGCHLD}`);
}

const SIGCHLD = 17;
