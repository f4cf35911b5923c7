/** Namespaces of an OCI bundle: some are made by the clone, others exist and are joined before it. */
import { atFlags, cloneFlags, miscConstants, openFlags } from '@tc/linux';
import { type ConsoleSpec, namespaceFlags } from '../bundle-spec.ts';
import { address, bytes, cell, flags, load, number, string } from '../data.ts';
import type { Label } from '../program.ts';
import { messages } from '../protocol.ts';
import type { BundleContext } from './bundle-context.ts';
import type { CommandContext } from './context.ts';
import { makeSocketPair } from './descriptors.ts';
import { loopbackUp, setClocksApart } from './namespaces.ts';
import { makePipe } from './standard-streams.ts';
import { askForMaps, askNode, isNew, tellProcDirectory, writeMaps } from './user-namespace.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

/** The launcher's part, when all that needs the host's privileges is open. */
export function joinBundleNamespaces({ p, spec }: BundleContext): void {
  p.group('namespaces');
  // All are opened before the first is joined: afterwards the paths, or the right to open them, may be gone.
  const open = spec.namespaces.joined.map(({ type, path }) => {
    const fd = cell(`${type}_fd`);
    p.call('openat', [cwd, string(path), flags(openFlags, 'O_RDONLY', 'O_CLOEXEC')], {
      what: `open the ${type} namespace ${path}`,
      result: fd,
      diagnose: { ENOENT: { code: 'NAMESPACE_NOT_FOUND', hint: 'Whoever had it may have ended.' } },
    });
    return { type, path, fd };
  });
  for (const { type, path, fd } of open) {
    p.call('setns', [load(fd), flags(cloneFlags, namespaceFlags[type])], {
      what: `join the ${type} namespace ${path}`,
      diagnose: { EINVAL: { code: 'NAMESPACE_MISMATCH', hint: `The file is no ${type} namespace.` } },
    });
    p.call('close', [load(fd)], { what: `close the ${type} namespace` });
  }
  if (spec.namespaces.made.includes('time')) {
    p.call('unshare', [flags(cloneFlags, 'CLONE_NEWTIME')], {
      what: 'make a time namespace',
      diagnose: { EPERM: { hint: 'linux.namespaces: only root can make one of the type time.' } },
    });
    if (spec.namespaces.timeOffsets !== undefined) setClocksApart(p, spec.namespaces.timeOffsets);
  }
}

/** Whether the container waits for something that is done from outside. */
function isHeld({ spec }: BundleContext): boolean {
  return isNew(spec.namespaces.user) || spec.hooked;
}

export function cloneBundle(c: BundleContext): void {
  const { p } = c;
  p.group('namespaces');
  makePipe(c, c.errorRead, c.errorWrite, 'the container tells through it how far it got');
  if (isHeld(c)) makePipe(c, c.goRead, c.goWrite, 'the container waits for its id map and for hooks');
  joinBundleNamespaces(c);
  p.call('clone3', [address(c.cloneArgs), c.cloneArgs.size], {
    what: 'start the first process of the container',
    why: 'in namespaces of its own; when the launcher ends, whoever called it is its parent',
    result: c.pid,
    diagnose: {
      EPERM: { hint: 'Root is needed to make namespaces.' },
      ENOSPC: { hint: 'A namespace limit is reached: see /proc/sys/user/max_*_namespaces.' },
      EAGAIN: { code: 'PIDS_LIMIT', hint: 'A limit on processes is reached.' },
    },
  });
}

/** The launcher's part after the clone. */
export function settleNamespaces(c: BundleContext, failed: Label): void {
  const { p, spec } = c;
  const { user } = spec.namespaces;
  if (!isNew(user)) return;
  p.group('namespaces');
  if (user.mapper === 'supervisor') writeMaps(c, user, () => {});
  else askForMaps(c, failed);
  p.call('write', [load(c.goWrite), string('.'), 1], { what: 'let the container go on' });
  p.group('supervise');
}

/**
 * The launcher's part before the cgroups are limited and entered. A scope has to have a process from its start
 * (systemd.scope(5)), and the child may be born where its parent is, whoever may write to the cgroups above.
 */
export function waitForCgroup(c: BundleContext, end: Label): void {
  c.p.group('cgroups');
  askNode(c, end, {
    message: 'adopt',
    what: 'have systemd make a scope for this process',
    wait: 'wait until it is there',
    why: 'the container is born into it: org.freedesktop.systemd1(5), StartTransientUnit',
  });
}

/** The launcher's part when the mounts are there. */
export function haveHooksRun(c: BundleContext, failed: Label): void {
  askNode(c, failed, {
    message: 'mounted',
    what: 'have the hooks run that come before the change of root',
    wait: 'wait until they have run',
    why: 'they may change what was mounted, and the network: runtime-spec, config.md, "Hooks"',
  });
  c.p.call('write', [load(c.goWrite), string('.'), 1], { what: 'let the container go on' });
}

/** The container's part: everything is mounted, and the host's root is there still. */
export function waitForHooks(c: BundleContext): void {
  const { p } = c;
  if (!c.spec.hooked) return;
  p.group('file system');
  const mounted = Buffer.alloc(8);
  mounted.writeUInt32LE(messages.mounted);
  p.call('write', [load(c.errorWrite), address(bytes(mounted, '{mounted}')), 8], {
    what: 'tell the launcher that the mounts are there',
  });
  p.call('read', [load(c.goRead), address(c.scratch), 1], { what: 'wait for the hooks' });
}

/** The container's first steps. */
export function enterBundleNamespaces(c: BundleContext): void {
  const { p, spec } = c;
  p.group('namespaces');
  const { user } = spec.namespaces;
  if (isNew(user)) {
    if (user.mapper === 'supervisor') tellProcDirectory(c);
    p.call('read', [load(c.goRead), address(c.scratch), 1], { what: 'wait until the ids are mapped' });
  }
  if (user === undefined) return;
  p.call('setresgid', [0, 0, 0], { what: 'become group 0 of the namespace' });
  p.call('setresuid', [0, 0, 0], { what: 'become root of the namespace' });
}

export function nameHost({ p, spec }: BundleContext): void {
  p.group('namespaces');
  p.call('setsid', [], { what: 'start a session', why: 'no signal or terminal of the caller reaches it' });
  for (const [call, name, what] of [
    ['sethostname', spec.hostname, 'host name'],
    ['setdomainname', spec.domainname, 'domain name'],
  ] as const) {
    if (name === undefined) continue;
    p.call(call, [string(name), Buffer.byteLength(name)], { what: `set the ${what} to ${name}` });
  }
  if (!spec.namespaces.made.includes('network')) return;
  const socket = cell('socket');
  const type = flags(miscConstants, 'SOCK_DGRAM', 'SOCK_CLOEXEC');
  p.call('socket', [flags(miscConstants, 'AF_INET'), type, 0], { what: 'open a socket', result: socket });
  p.call('ioctl', [load(socket), flags(miscConstants, 'SIOCSIFFLAGS'), address(loopbackUp())], {
    what: 'bring lo up',
    why: 'a new network namespace has only a loopback interface, and it is down',
  });
}

/** Where the terminal goes: to the engine's socket, or to the launcher, from which its caller takes it. */
export function prepareConsole(c: CommandContext, console: ConsoleSpec | undefined): void {
  if (console === undefined) return;
  if (console.socket !== undefined) connectSocket(c, console.socket);
  else makeSocketPair(c, c.consoleRead, c.consoleWrite, 'the container hands its terminal over through it');
}

/** struct sockaddr_un: unix(7) */
function connectSocket({ p, consoleWrite }: Pick<BundleContext, 'p' | 'consoleWrite'>, path: string) {
  const name = Buffer.alloc(110);
  name.writeUInt16LE(Number(miscConstants.AF_UNIX));
  name.write(path, 2);
  const type = flags(miscConstants, 'SOCK_STREAM', 'SOCK_CLOEXEC');
  p.call('socket', [flags(miscConstants, 'AF_UNIX'), type, 0], {
    what: 'open a socket',
    result: consoleWrite,
  });
  p.call('connect', [load(consoleWrite), address(bytes(name, `{${path}}`)), number(name.length)], {
    what: `connect to the console socket ${path}`,
    diagnose: {
      ENOENT: { code: 'CONSOLE_SOCKET_NOT_FOUND', hint: 'Somebody must listen on it: --console-socket.' },
      ECONNREFUSED: { code: 'CONSOLE_SOCKET_NOT_FOUND', hint: 'Nobody listens on it.' },
    },
  });
}
