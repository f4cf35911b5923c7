/** What the supervisor says to Node.js. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { address, at, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Datum, Operand, Place } from '../program.ts';
import { controlFd, figureOffset, figureSize, messages, recordLayout } from '../protocol.ts';
import type { CommandContext, Context } from './context.ts';
import { appendEvents } from './journal.ts';
import { removeRunning, writeExited } from './state-files.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

/** How the first process ended, into the record. */
export function reap(c: CommandContext): void {
  const { p } = c;
  const { status, rusage, end, finishedAt } = recordLayout;
  p.set(recordPlace(c, 'kind'), number(messages.ended));
  p.call('wait4', [load(c.pid), address(c.record, status), 0, address(c.record, rusage)], {
    what: 'reap the first process',
    why: 'gives its exit status and resource usage',
  });
  const note = { what: 'note the time' };
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_MONOTONIC'), address(c.record, end)], note);
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_REALTIME'), address(c.record, finishedAt)], note);
}

/** Collects how it ended and what the kernel counted, keeps it, and sends it. */
export function report(c: Context): void {
  const { p } = c;
  removeRunning(c);
  reap(c);
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
  if (c.spec.lifetime.leaves === 'record') {
    writeExited(c);
    appendEvents(c, ['exit'], endInEvent(c));
  }
  send(c, c.record, c.record.size, 'report how it ended');
}

/** What an `exit` in the journal says. */
export function endInEvent(c: Context): Operand {
  const value = cell('end_in_event');
  c.p.compute(value, load(recordPlace(c, 'status')), 'add', load(c.causeInEvent));
  return load(value);
}

export function recordPlace(c: Pick<CommandContext, 'record'>, field: keyof typeof recordLayout): Place {
  return at(c.record, recordLayout[field]);
}

export function send(c: Pick<CommandContext, 'p'>, datum: Datum, size: number, what: string): void {
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
