/** What the supervisor says to Node.js. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { address, at, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Datum, Place } from '../program.ts';
import { controlFd, figureOffset, figureSize, messages, recordLayout } from '../protocol.ts';
import type { Context } from './context.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

/** Collects how it ended and what the kernel counted, and sends it. */
export function report(c: Context): void {
  const { p } = c;
  const { status, rusage, end } = recordLayout;
  p.set(recordPlace(c, 'kind'), number(messages.ended));
  p.call('wait4', [load(c.pid), address(c.record, status), 0, address(c.record, rusage)], {
    what: 'reap the container',
    why: 'gives its exit status and resource usage',
  });
  p.call('clock_gettime', [flags(miscConstants, 'CLOCK_MONOTONIC'), address(c.record, end)], {
    what: 'note the time',
  });
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
  send(c, c.record, c.record.size, 'report how it ended');
}

export function recordPlace(c: Context, field: keyof typeof recordLayout): Place {
  return at(c.record, recordLayout[field]);
}

export function send(c: Context, datum: Datum, size: number, what: string): void {
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
