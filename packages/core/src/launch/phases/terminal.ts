/**
 * A terminal of the container's own: pty(7). Its slave is the container's, from its own devpts, so that tty(1) and
 * /proc/self/fd name it right; its master goes to the supervisor, which outlives whoever looks at it.
 */
import { miscConstants, openFlags } from '@tc/linux';
import { address, at, bytes, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Label, Operand, Place } from '../program.ts';
import { controlFd, messages, orders } from '../protocol.ts';
import type { TerminalSpec } from '../spec.ts';
import type { CommandContext, Context } from './context.ts';
import { passDescriptor, receiveDescriptor } from './descriptors.ts';
import { attach, cloneMount, openPath } from './mount-calls.ts';
import { send } from './report.ts';

/** The container's side. `ptmx` opens it: from the descriptor of its devpts, never by a path of the container's. */
export function openTerminal(
  c: CommandContext,
  { columns, rows }: TerminalSpec,
  ptmx: { directory: Operand; name: string },
): void {
  const { p, spec } = c;
  p.group('start');
  const master = cell('master');
  const how = flags(openFlags, 'O_RDWR', 'O_NOCTTY', 'O_CLOEXEC');
  p.call('openat', [ptmx.directory, string(ptmx.name), how], {
    what: 'open a terminal',
    why: 'the master; the slave comes with it',
    result: master,
    diagnose: { ENOSPC: { hint: 'There are as many terminals as /proc/sys/kernel/pty/max allows.' } },
  });
  const unlock = address(bytes(new Uint8Array(4), '[0]'));
  p.call('ioctl', [load(master), flags(miscConstants, 'TIOCSPTLCK'), unlock], {
    what: 'unlock the terminal',
  });
  const size = Buffer.alloc(8); // struct winsize: ioctl_tty(2)
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  p.call(
    'ioctl',
    [load(master), flags(miscConstants, 'TIOCSWINSZ'), address(bytes(size, `{${rows}, ${columns}}`))],
    { what: `make the terminal ${columns} x ${rows}` },
  );
  // Not by its path: whatever the container made of /dev/pts, this is the master's own slave (CVE-2025-52565).
  const peer = flags(openFlags, 'O_RDWR', 'O_NOCTTY', 'O_CLOEXEC');
  p.call('ioctl', [load(master), flags(miscConstants, 'TIOCGPTPEER'), peer], {
    what: 'open the slave',
    result: c.slave,
  });
  if (spec.process.uid !== 0) {
    p.call('fchown', [load(c.slave), spec.process.uid, number(-1)], {
      what: `give the terminal to user ${spec.process.uid}`,
    });
  }
  passDescriptor(c, c.consoleWrite, load(master), 'hand the master to the supervisor');
}

/** /dev/console is the terminal too, as programs that were made for a machine expect. */
export function bindConsole(c: Context, dev: Place): void {
  const { p } = c;
  const beneath = { open: [], resolve: ['RESOLVE_BENEATH', 'RESOLVE_NO_SYMLINKS'] } as const;
  const target = openPath(p, load(dev), 'console', beneath, { what: 'open /dev/console' });
  attach(p, cloneMount(p, { directory: load(c.slave) }, { what: 'bind the terminal' }), target, {
    what: 'mount it onto /dev/console',
  });
}

/** Its standard streams, before all other descriptors are closed. */
export function connectTerminal({ p, slave }: CommandContext): void {
  p.group('start');
  for (const fd of [0, 1, 2]) {
    p.call('dup3', [load(slave), fd, 0], {
      what: `connect ${['stdin', 'stdout', 'stderr'][fd]} to the terminal`,
    });
  }
}

/** As the leader of a session: its controlling terminal. */
export function takeTerminal({ p }: CommandContext): void {
  p.group('start');
  p.call('ioctl', [0, flags(miscConstants, 'TIOCSCTTY'), 0], {
    what: 'make it the controlling terminal',
    why: 'Ctrl-C and job control work',
  });
}

/** The supervisor's side: it keeps the master, and tells whoever started it which descriptor that is. */
export function receiveTerminal(c: CommandContext, failed: Label): void {
  const { p } = c;
  receiveDescriptor(c, c.consoleRead, c.terminalFd, 'take the master');
  const message = bytes(new Uint8Array(16), '{terminal, fd}');
  p.set(at(message), number(messages.terminal));
  p.set(at(message, 4), load(c.terminalFd));
  send(c, message, 8, 'tell which descriptor the terminal is');
  if (c.spec.terminal?.logged !== false) return;
  const order = cell('order');
  const [more, taken] = [p.label(), p.label()];
  const wait = p.here();
  p.call('read', [number(controlFd), address(order.datum), 8], {
    what: 'wait until the owner has taken it',
    why: 'a command that ends at once must not take what it showed with it',
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'eq', 8, more);
  p.jump(failed); // the owner is gone
  p.place(more);
  p.jumpIf(load(order), 'eq', orders.taken, taken);
  p.call('pidfd_send_signal', [load(c.pidfd), load(order), NULL, 0], {
    what: 'pass a signal on',
    checked: false,
  });
  p.jump(wait);
  p.place(taken);
}
