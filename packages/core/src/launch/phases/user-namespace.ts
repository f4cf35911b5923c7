/** A user namespace is made by the clone, and mapped by several processes together: user_namespaces(7). */
import { atFlags, openFlags } from '@tc/linux';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Label, Place } from '../program.ts';
import { controlFd, messages, orders } from '../protocol.ts';
import type { UserNamespaceSpec } from '../spec.ts';
import type { CommandContext, Context } from './context.ts';
import { send } from './report.ts';
import { shiftSources } from './source-mounts.ts';

/** One of another container is joined before the clone: `join-network.ts`. */
export function isNew(user: UserNamespaceSpec | undefined): user is UserNamespaceSpec {
  return user !== undefined && user.mapper !== 'joined';
}

/** The container's first steps in a user namespace: have it mapped, become its root. */
export function enterUserNamespace(c: Context): void {
  const { p } = c;
  const { user } = c.spec.namespaces;
  if (user === undefined) return;
  p.group('namespaces');
  if (user.mapper === 'supervisor') tellProcDirectory(c);
  if (isNew(user)) {
    p.call('read', [load(c.goRead), address(c.scratch), 1], { what: 'wait until the ids are mapped' });
  }
  p.call('setresgid', [0, 0, 0], { what: 'become group 0 of the namespace' });
  p.call('setresuid', [0, 0, 0], { what: 'become root of the namespace' });
}

export function tellProcDirectory(c: CommandContext): void {
  const { p } = c;
  const self = flags(openFlags, 'O_PATH', 'O_DIRECTORY', 'O_CLOEXEC');
  p.call('openat', [flags(atFlags, 'AT_FDCWD'), string('/proc/self'), self], {
    what: 'open /proc/self',
    result: at(c.scratch),
  });
  p.call('write', [load(c.errorWrite), address(c.scratch), 8], {
    what: 'tell the supervisor which descriptor that is',
  });
}

/** The supervisor's part, after the clone. `failed` is where a launch goes on that Node.js gives up. */
export function mapUserNamespace(c: Context, user: UserNamespaceSpec, failed: Label): void {
  const { p } = c;
  if (!isNew(user)) return;
  p.group('namespaces');
  if (user.mapper === 'supervisor') {
    writeMaps(c, user, (directory) => {
      if (user.shiftMounts) shiftSources(c, openProcFile(c, directory, 'ns/user', 'O_RDONLY'));
    });
  } else askForMaps(c, failed);
  p.call('write', [load(c.goWrite), string('.'), 1], { what: 'let the container go on' });
  p.group('supervise');
}

/**
 * Only a process outside may write a map of more than one line: user_namespaces(7). The container opened its own
 * /proc directory and says which descriptor that is, because a pid can't become a path without formatting it.
 */
export function writeMaps(
  c: CommandContext,
  user: UserNamespaceSpec,
  onMapped: (procDirectory: Place) => void,
): void {
  const { p } = c;
  p.call('read', [load(c.errorRead), address(c.scratch), 8], {
    what: "learn the descriptor of the container's /proc directory",
  });
  const directory = cell('proc_pid_fd');
  p.call('pidfd_getfd', [load(c.pidfd), load(at(c.scratch)), 0], {
    what: 'take that descriptor over',
    result: directory,
  });
  if (user.denySetgroups) writeProcFile(c, directory, 'setgroups', 'deny');
  writeProcFile(c, directory, 'uid_map', user.uidMap);
  writeProcFile(c, directory, 'gid_map', user.gidMap);
  onMapped(directory);
  p.call('close', [load(directory)], { what: "close the container's /proc directory" });
}

function openProcFile(
  { p }: CommandContext,
  directory: Place,
  name: string,
  mode: 'O_RDONLY' | 'O_WRONLY',
): Place {
  const fd = cell('fd');
  p.call('openat', [load(directory), string(name), flags(openFlags, mode, 'O_CLOEXEC')], {
    what: `open ${name}`,
    result: fd,
  });
  return fd;
}

function writeProcFile(c: CommandContext, directory: Place, name: string, text: string): void {
  const fd = openProcFile(c, directory, name, 'O_WRONLY');
  c.p.call('write', [load(fd), string(text), Buffer.byteLength(text)], {
    what: `write ${name}`,
    why: 'which ids of the host the ids of the container are',
    diagnose: {
      EPERM: { hint: 'An ordinary user may map only itself, unless newuidmap and /etc/subuid allow more.' },
      EINVAL: { hint: 'The ranges of a map may not overlap, inside or outside: user_namespaces(7).' },
    },
  });
  c.p.call('close', [load(fd)], { what: `close ${name}` });
}

/**
 * newuidmap(1) needs the pid as a text and arguments of its own, so Node.js runs it. Its answer is an order; any other
 * order, or its end, means that the ids are not mapped.
 */
export function askForMaps(c: CommandContext, failed: Label): void {
  askNode(c, failed, {
    message: 'mapIds',
    what: 'ask Node.js to map the ids',
    wait: 'wait until newuidmap and newgidmap have mapped the ids',
    why: 'an ordinary user may give ids of others away only as /etc/subuid and /etc/subgid say',
  });
}

/** Asks for something that takes more than system calls, and waits until it is done. */
export function askNode(
  c: CommandContext,
  failed: Label,
  ask: { message: 'mapIds' | 'mounted' | 'adopt'; what: string; wait: string; why: string },
): void {
  const { p } = c;
  const message = buffer(16, `{${ask.message}, pid}`);
  p.set(at(message), number(messages[ask.message]));
  p.set(at(message, 4), load(c.pid)); // the upper half of the message's 8 bytes
  send(c, message, 8, ask.what);
  const order = cell('order');
  p.call('read', [number(controlFd), address(order.datum), 8], {
    what: ask.wait,
    why: ask.why,
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'ne', 8, failed);
  p.jumpIf(load(order), 'ne', orders.mapped, failed);
}
