/** The container's place in the runtime directory: taken first, given back last. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { runtimeFiles } from '../../state/layout.ts';
import { cell, flags, load, number, string } from '../data.ts';
import type { Label } from '../program.ts';
import { removeCgroups } from './cgroups.ts';
import type { Context } from './context.ts';
import { appendEvents } from './journal.ts';
import { endInEvent, recordPlace } from './report.ts';
import { announce, removeStateDirectory } from './state-files.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

/** How the step calls itself that fails where the name is taken. */
export const makesStateDirectory = (directory: string): string => `make the state directory ${directory}`;

/** Its lock tells others that this container has an owner. */
export function takeStateDirectory(c: Context): void {
  const { p, spec } = c;
  const lock = cell('lock_fd');
  const openLock = flags(openFlags, 'O_RDONLY', 'O_CREAT', 'O_CLOEXEC');
  p.call(
    'openat',
    [cwd, string(`${spec.runtimeDirectory}/${runtimeFiles.lock}`), openLock, number(0o600, '0600')],
    {
      what: `open ${spec.runtimeDirectory}/${runtimeFiles.lock}`,
      result: lock,
      diagnose: {
        EACCES: { hint: 'Run as root, or set TCTL_RUNTIME_DIR to a directory that you may write to.' },
      },
    },
  );
  p.call('flock', [load(lock), flags(miscConstants, 'LOCK_SH')], {
    what: 'wait for a clean-up to end',
    why: 'so that nobody takes the new directory for an abandoned one',
  });
  if (spec.lifetime.leaves === 'nothing') {
    p.call('mkdirat', [cwd, string(c.stateDirectory), number(0o700, '0700')], {
      what: makesStateDirectory(c.stateDirectory),
      why: 'its name reserves the id',
      diagnose: {
        EEXIST: { code: 'CONTAINER_EXISTS', hint: 'Choose another name, or remove that container first.' },
      },
    });
    p.set(p.control.onFail, { kind: 'step', label: c.cleanUp });
  }
  const openDirectory = flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC');
  p.call('openat', [cwd, string(c.stateDirectory), openDirectory], {
    what: 'open the state directory',
    result: c.stateFd,
    diagnose: { ENOENT: { code: 'CONTAINER_NOT_FOUND', hint: 'It was removed meanwhile.' } },
  });
  p.call('flock', [load(c.stateFd), flags(miscConstants, 'LOCK_EX', 'LOCK_NB')], {
    what: 'lock the state directory',
    why: 'the kernel drops the lock when the supervisor dies: an unlocked one is abandoned',
    diagnose: { EAGAIN: { code: 'CONTAINER_RUNNING', hint: 'Stop it first, or exec into it.' } },
  });
  p.set(p.control.onFail, { kind: 'step', label: c.cleanUp });
  p.call('close', [load(lock)], { what: 'let clean-ups go on' });
  announce(c);
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
  const left = cell('cgroups_left');
  if (c.spec.cgroup !== undefined) removeCgroups(c, c.spec.cgroup, left);
  p.group('supervise');
  if (c.spec.lifetime.leaves !== 'record') {
    removeStateDirectory(c, left);
    p.jumpIf(load(recordPlace(c, 'startedAt')), 'eq', 0, end); // it never was
    appendEvents(c, ['exit', 'remove'], endInEvent(c));
  }
  p.place(end);
  p.call('exit_group', [0], { what: 'end the supervisor' });
}
