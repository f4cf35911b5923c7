/** The clone into new namespaces, and what belongs to them: host name, loopback, time offsets. */
import { atFlags, cloneFlags, miscConstants, openFlags } from '@tc/linux';
import type { ProgramBuilder } from '../builder.ts';
import { address, bytes, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Operand, Place } from '../program.ts';
import { recordLayout } from '../protocol.ts';
import type { LaunchSpec } from '../spec.ts';
import type { Context } from './context.ts';
import { makeSocketPair } from './descriptors.ts';
import { joinNetwork } from './join-network.ts';
import { makePipe } from './standard-streams.ts';
import { isNew } from './user-namespace.ts';

const SIGCHLD = 17;

export function cloneFlagNames({ namespaces, cgroup }: LaunchSpec): (keyof typeof cloneFlags)[] {
  return [
    'CLONE_PIDFD',
    ...(cgroup?.join.into === undefined ? [] : (['CLONE_INTO_CGROUP'] as const)),
    ...(isNew(namespaces.user) ? (['CLONE_NEWUSER'] as const) : []),
    'CLONE_NEWNS',
    'CLONE_NEWPID',
    'CLONE_NEWIPC',
    ...(namespaces.uts ? (['CLONE_NEWUTS'] as const) : []),
    ...(namespaces.net ? (['CLONE_NEWNET'] as const) : []),
  ];
}

/** struct clone_args: clone(2). */
export function cloneArguments(spec: LaunchSpec, pidfd: Place): Operand[] {
  return [
    flags(cloneFlags, ...cloneFlagNames(spec)),
    { kind: 'address', place: pidfd },
    NULL, // child_tid
    NULL, // parent_tid
    number(SIGCHLD),
    NULL, // stack: none, as the child gets a copy of this memory
    number(0),
    NULL, // tls
    NULL, // set_tid
    number(0),
    number(0), // cgroup: filled in once it is open
  ];
}

/** The supervisor's last steps before there are two processes. */
export function clone(c: Context): void {
  const { p, spec } = c;
  p.group('namespaces');
  makePipe(c, c.errorRead, c.errorWrite, 'the container tells through it how far it got');
  if (isNew(spec.namespaces.user)) makePipe(c, c.goRead, c.goWrite, 'the container waits for its id map');
  if (spec.terminal) {
    makeSocketPair(c, c.consoleRead, c.consoleWrite, 'the container hands its terminal over through it');
  }
  joinNetwork(c);
  if (spec.namespaces.time) {
    p.call('unshare', [flags(cloneFlags, 'CLONE_NEWTIME')], {
      what: 'make a time namespace',
      why: 'children are born into it',
      diagnose: { EINVAL: { hint: 'The kernel was built without CONFIG_TIME_NS.' } },
    });
    setClocksApart(p, spec.namespaces.time.offsets);
  }
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_MONOTONIC'), address(c.record, recordLayout.start)], {
    what: 'note the time',
  });
  p.call('clone3', [address(c.cloneArgs), c.cloneArgs.size], {
    what: 'start the first process of the container',
    why: 'it sees its own mounts, processes, host name, IPC objects and network; a pidfd never names another process',
    result: c.pid,
    diagnose: {
      EPERM: { hint: 'Root, or a user namespace, is needed to make namespaces.' },
      ENOSPC: { hint: 'A namespace limit is reached: see /proc/sys/user/max_*_namespaces.' },
      EAGAIN: {
        code: 'PIDS_LIMIT',
        hint: 'A limit on processes is reached: the pids limit must leave room for one.',
      },
      ENOSYS: { code: 'KERNEL_TOO_OLD', hint: 'Linux 5.12 or newer is needed.' },
    },
  });
}

/** Of the time namespace that was just made, and that nobody is in yet. */
export function setClocksApart(p: ProgramBuilder, offsets: string): void {
  const fd = cell('fd');
  const how = flags(openFlags, 'O_WRONLY');
  p.call('openat', [flags(atFlags, 'AT_FDCWD'), string('/proc/self/timens_offsets'), how], {
    what: 'open timens_offsets',
    result: fd,
  });
  p.call('write', [load(fd), string(offsets), Buffer.byteLength(offsets)], {
    what: 'set the clocks apart',
    diagnose: { ERANGE: { hint: 'A clock would be before 0, or beyond what the kernel can count.' } },
  });
  p.call('close', [load(fd)], { what: 'close timens_offsets' });
}

/** Host name and loopback: what new UTS and network namespaces lack. */
export function configureNamespaces(c: Context): void {
  const { p, spec } = c;
  p.group('namespaces');
  p.call('setsid', [], { what: 'start a session', why: 'no signal or terminal of the caller reaches it' });
  if (spec.namespaces.uts && spec.hostname !== undefined) {
    p.call('sethostname', [string(spec.hostname), Buffer.byteLength(spec.hostname)], {
      what: `set the host name to ${spec.hostname}`,
      why: 'of the new UTS namespace; the host keeps its own',
    });
  }
  if (spec.namespaces.net) {
    const socket = cell('socket');
    p.call(
      'socket',
      [flags(miscConstants, 'AF_INET'), flags(miscConstants, 'SOCK_DGRAM', 'SOCK_CLOEXEC'), 0],
      {
        what: 'open a socket',
        why: 'to configure the network through',
        result: socket,
      },
    );
    p.call('ioctl', [load(socket), flags(miscConstants, 'SIOCSIFFLAGS'), address(loopbackUp())], {
      what: 'bring lo up',
      why: 'a new network namespace has only a loopback interface, and it is down',
    });
  }
}

/** struct ifreq with ifr_name and ifr_flags: netdevice(7). */
export function loopbackUp() {
  const request = Buffer.alloc(40);
  request.write('lo');
  request.writeUInt16LE(1, 16); // IFF_UP
  return bytes(request, '{ifr_name="lo", ifr_flags=IFF_UP}');
}
