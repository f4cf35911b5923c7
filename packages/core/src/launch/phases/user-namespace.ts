/** A user namespace is made by the clone, and mapped by the two processes together: user_namespaces(7). */
import { atFlags, openFlags } from '@tc/linux';
import { address, at, cell, flags, load, string } from '../data.ts';
import type { UserNamespaceSpec } from '../spec.ts';
import type { Context } from './context.ts';

/** The container's first steps in a user namespace: have it mapped, become its root. */
export function enterUserNamespace(c: Context): void {
  const { p } = c;
  if (c.spec.namespaces.user === undefined) return;
  p.group('namespaces');
  const self = at(c.scratch);
  p.call(
    'openat',
    [flags(atFlags, 'AT_FDCWD'), string('/proc/self'), flags(openFlags, 'O_PATH', 'O_DIRECTORY')],
    {
      what: 'open /proc/self',
      result: self,
    },
  );
  p.call('write', [load(c.errorWrite), address(c.scratch), 8], {
    what: 'tell the supervisor which descriptor that is',
  });
  p.call('read', [load(c.goRead), address(c.scratch), 1], { what: 'wait until the ids are mapped' });
  p.call('setresgid', [0, 0, 0], { what: 'become group 0 of the namespace' });
  p.call('setresuid', [0, 0, 0], { what: 'become root of the namespace' });
}

/**
 * Only a process outside may write a map of more than one line: user_namespaces(7). The container opened its own
 * /proc directory and says which descriptor that is, because a pid can't become a path without formatting it.
 */
export function mapUserNamespace(c: Context, user: UserNamespaceSpec): void {
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
