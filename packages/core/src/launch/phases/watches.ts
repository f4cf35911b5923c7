/** What the supervisor listens to besides the end: the deadline, the CPU time used, limits that were hit. */
import { dirname } from 'node:path/posix';
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import type { CgroupFigure } from '../../cgroups/plan.ts';
import { address, at, buffer, cell, descriptor, flags, load, NULL, number, string, words } from '../data.ts';
import type { Label, Operand, Place } from '../program.ts';
import type { LaunchSpec } from '../spec.ts';
import type { CommandContext, Context } from './context.ts';
import type { EventSource } from './event-loop.ts';
import { appendEvents } from './journal.ts';

const cwd = flags(atFlags, 'AT_FDCWD');
const textSize = 1024;
const nsInMs = 1e6;

export function deadline(c: CommandContext, timeoutMs: number, onTimeout: Label): EventSource {
  const timer = makeTimer(c, 'the supervisor keeps the deadline, whatever Node.js is doing');
  const seconds = number(Math.floor(timeoutMs / 1000));
  const nanoseconds = number(Math.round((timeoutMs % 1000) * nsInMs));
  const time = words([number(0), number(0), seconds, nanoseconds], `{it_value=${timeoutMs / 1000}s}`);
  setTimer(c, timer, address(time), `set the timer to ${timeoutMs} ms`);
  return {
    name: 'timer',
    fd: load(timer),
    on: 'POLLIN',
    handle({ silence }) {
      silence('timer');
      c.p.jump(onTimeout);
    },
  };
}

/**
 * No cgroup limits CPU time in total, so the supervisor looks how much was used: again when all CPUs together could
 * have used up what is left, but after 10 ms at the soonest.
 */
export function cpuTimeLimit(
  c: Context,
  { limitMs, cpus }: NonNullable<LaunchSpec['cpuTime']>,
  onLimit: Label,
): EventSource[] {
  const figure = c.spec.cgroup?.figures.find(({ name }) => name === 'cpu.stat' || name === 'cpuacct.usage');
  if (figure === undefined) return [];
  const { p } = c;
  const shortestNs = 10 * nsInMs;
  const longestNs = 999 * nsInMs;
  const unitsInMs = figure.name === 'cpuacct.usage' ? nsInMs : 1000; // cpu.stat counts microseconds
  const file = openFigure(c, figure.name, figure.path);
  const timer = makeTimer(c, 'to look how much CPU time was used');
  const next = words([number(0), number(0), number(0), number(shortestNs)], '{it_value}');
  setTimer(c, timer, address(next), 'set the timer to 10 ms');
  const handle: EventSource['handle'] = ({ silence, back }) => {
    const used = cell('used');
    const left = at(next, 24);
    const [gone, inTime, long, set] = [p.label(), p.label(), p.label(), p.label()];
    readNumber(c, file, figure.name, 1, used, gone);
    p.jumpIf(load(used), 'lt', limitMs * unitsInMs, inTime);
    silence('CPU timer');
    p.jump(onLimit);
    p.place(inTime);
    p.compute(left, number(limitMs * unitsInMs), 'sub', load(used));
    // A thousand is about 2^10.
    for (let doubled = unitsInMs; doubled < nsInMs; doubled *= 2)
      p.compute(left, load(left), 'add', load(left));
    p.compute(left, load(left), 'shr', Math.ceil(Math.log2(Math.max(cpus, 1))));
    p.jumpIf(number(shortestNs), 'lt', load(left), long);
    p.set(left, number(shortestNs));
    p.place(long);
    p.jumpIf(load(left), 'lt', longestNs, set);
    p.set(left, number(longestNs));
    p.place(set);
    setTimer(c, timer, address(next), 'look again when it could be used up');
    p.jump(back);
    p.place(gone);
    silence('CPU timer');
  };
  return [{ name: 'CPU timer', fd: load(timer), on: 'POLLIN', handle }];
}

/** Tells in the journal when the kernel killed for memory or refused a fork. */
export interface LimitWatch {
  readonly source: EventSource;
  /** Looks once more: what happened with the end may not have been heard of. */
  lookAgain(): void;
}

/** The files that tell, and which of their numbers does. */
const counters: Readonly<Record<string, { index: number; kind: 'oom' | 'pidsMax' }>> = {
  'memory.events': { index: 5, kind: 'oom' }, // low, high, max, oom, oom_kill
  'memory.oom_control': { index: 3, kind: 'oom' }, // oom_kill_disable, under_oom, oom_kill
  'pids.events': { index: 1, kind: 'pidsMax' },
};

export function limitWatches(c: Context): LimitWatch[] {
  const { p } = c;
  return (c.spec.cgroup?.figures ?? []).flatMap((figure) => {
    const counter = counters[figure.name];
    if (counter === undefined) return [];
    const { name } = figure;
    const { index, kind } = counter;
    const fd = openFigure(c, name, figure.path);
    const [last, now] = [cell('last'), cell('now')];
    // What is worth to be told: each of the first eight, then every eighth part more. A fork bomb, which is refused
    // a hundred times a second, would else fill the runtime directory with its journal.
    const next = at(words([number(1)], 'next'));
    const tell = () => {
      p.set(last, load(now));
      p.compute(next, load(now), 'shr', 3);
      p.compute(next, load(next), 'add', load(now));
      p.compute(next, load(next), 'add', 1);
      appendEvents(c, [kind], load(now));
    };
    const look = (gone: Label, tooFew: Label) => {
      readNumber(c, fd, name, index, now, gone);
      p.jumpIf(load(now), 'lt', load(next), tooFew);
      tell();
    };
    const lookAgain = () => {
      const end = p.label();
      readNumber(c, fd, name, index, now, end);
      p.jumpIf(load(now), 'eq', load(last), end);
      tell();
      p.place(end);
    };
    if (name === 'memory.oom_control') {
      return [{ source: oomNotification(c, figure, fd, look), lookAgain }];
    }
    lookAgain(); // kernfs tells of changes since a file was last read: cgroup-v2.rst, "[Un]populated Notification"
    const handle: EventSource['handle'] = ({ back, silence }) => {
      const gone = p.label();
      look(gone, back);
      p.jump(back);
      p.place(gone);
      silence(name);
    };
    return [{ source: { name, fd: load(fd), on: 'POLLPRI' as const, handle }, lookAgain }];
  });
}

/** v1: an eventfd that is registered by writing its number beside the file's: cgroup-v1/memory.rst, section 9. */
function oomNotification(
  c: Context,
  { name, path }: CgroupFigure,
  file: Place,
  look: (gone: Label, tooFew: Label) => void,
): EventSource {
  const { p } = c;
  const [event, control] = [descriptor('event_fd'), cell('control_fd')];
  // Numbers that can be written down beforehand.
  const [eventNumber, fileNumber] = [100, 101];
  const closeOnExec = flags(openFlags, 'O_CLOEXEC');
  const quietly = (what: string, result?: Place) => ({ what, checked: false, ...(result && { result }) });
  p.call('dup3', [load(file), fileNumber, closeOnExec], quietly('give the file a fixed number'));
  const type = flags(miscConstants, 'EFD_CLOEXEC', 'EFD_NONBLOCK');
  p.call('eventfd2', [0, type], quietly('make an eventfd', event));
  p.call('dup3', [load(event), eventNumber, closeOnExec], quietly('give the eventfd a fixed number'));
  const controlPath = string(`${dirname(path)}/cgroup.event_control`);
  const write = flags(openFlags, 'O_WRONLY', 'O_CLOEXEC');
  p.call('openat', [cwd, controlPath, write], quietly('open cgroup.event_control', control));
  const order = `${eventNumber} ${fileNumber}`;
  p.call('write', [load(control), string(order), order.length], quietly('ask to be told of an OOM'));
  p.call('close', [load(control)], quietly('close cgroup.event_control'));
  return {
    name,
    fd: load(event),
    on: 'POLLIN',
    handle({ back, silence }) {
      const gone = p.label();
      p.call('read', [load(event), address(c.scratch), 8], quietly('take the notification', c.result));
      p.jumpIf(load(c.result), 'ne', 8, gone);
      const fiveMilliseconds = words([number(0), number(5 * nsInMs)], '{0, 5000000}');
      p.call('ppoll', [NULL, 0, address(fiveMilliseconds), NULL, 8], {
        what: 'wait five milliseconds',
        why: 'the notification comes before the kill is counted',
        checked: false,
      });
      look(gone, back);
      p.jump(back);
      p.place(gone);
      silence(name);
    },
  };
}

function makeTimer({ p }: CommandContext, why: string): Place {
  const timer = cell('timer_fd');
  p.call('timerfd_create', [flags(miscConstants, 'CLOCK_MONOTONIC'), flags(miscConstants, 'TFD_CLOEXEC')], {
    what: 'make a timer',
    why,
    result: timer,
  });
  return timer;
}

function setTimer({ p }: CommandContext, timer: Place, time: Operand, what: string): void {
  p.call('timerfd_settime', [load(timer), 0, time, NULL], { what });
}

/** A file of the container's cgroup that is read now and then. */
function openFigure({ p }: Context, name: string, path: string): Place {
  const fd = cell('figure_fd');
  p.call('openat', [cwd, string(path), flags(openFlags, 'O_RDONLY', 'O_CLOEXEC')], {
    what: `open ${name}`,
    checked: false,
    result: fd,
  });
  return fd;
}

/** The file's nth number. */
function readNumber(c: Context, fd: Place, name: string, index: number, into: Place, gone: Label): void {
  const { p } = c;
  const text = buffer(textSize, 'text');
  const from = cell('from');
  p.call('pread64', [load(fd), address(text), textSize - 1, 0], {
    what: `read ${name}`,
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'lt', 1, gone);
  p.set(from, address(text));
  for (let read = 0; read < index; read += 1) p.decimal(into, from);
}
