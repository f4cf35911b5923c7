/** The container's place in the runtime directory: taken first, given back last. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { cell, flags, load, number, string } from '../data.ts';
import type { Label } from '../program.ts';
import { removeCgroups } from './cgroups.ts';
import type { Context } from './context.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

/** Its lock tells others that this container has an owner. */
export function takeStateDirectory(c: Context): void {
  const { p, spec } = c;
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
