/** The supervisor's loop: it sleeps until one of its descriptors has something to say. */
import { miscConstants } from '@tc/linux';
import { address, at, buffer, load, NULL, number } from '../data.ts';
import type { Label, Operand, Place } from '../program.ts';
import type { CommandContext } from './context.ts';

export interface EventSource {
  readonly name: string;
  /** A descriptor; -1 is none. */
  readonly fd: Operand;
  /** `POLLPRI` is how kernfs tells that a cgroup's file has changed. */
  readonly on: 'POLLIN' | 'POLLPRI';
  /** Places what is to be done. It ends at `back`, or leaves the loop by a jump of its own. */
  handle(events: LoopControl): void;
}

export interface LoopControl {
  /** The loop's beginning. */
  readonly back: Label;
  /** Stops listening to a source. */
  silence(name: string): void;
  /** Listens to a source, on a descriptor that may be new. */
  listen(name: string, fd: Operand): void;
}

/** struct pollfd: poll(2). */
const pollSize = 8;
const eventsShift = 2 ** 32;

/** Runs until a handler jumps out. Sources that come first are heard first. */
export function eventLoop(c: CommandContext, sources: readonly EventSource[]): LoopControl {
  const { p } = c;
  const names = sources.map(({ name }) => name);
  const polls = buffer(sources.length * pollSize, `[${names.map((name) => `{${name}}`).join(', ')}]`);
  const indexOf = (name: string) => names.indexOf(name);
  const poll = (index: number): Place => at(polls, index * pollSize);
  const events = (index: number) => miscConstants[sources[index]?.on ?? 'POLLIN'] * eventsShift;
  const listen = (index: number, fd: Operand) => p.compute(poll(index), fd, 'add', number(events(index)));
  for (const [index, { fd }] of sources.entries()) listen(index, fd);

  const back = p.here();
  p.call('ppoll', [address(polls), sources.length, NULL, NULL, pollSize], {
    what: `wait for ${names.join(', ')}`,
    why: 'until then it costs nothing',
    tolerate: ['EINTR'],
  });
  const handlers = sources.map(() => p.label());
  for (const [index, handler] of handlers.entries()) {
    p.compute(c.result, load(poll(index)), 'shr', 48); // revents
    p.jumpIf(load(c.result), 'ne', 0, handler);
  }
  p.jump(back);
  const control: LoopControl = {
    back,
    // poll(2) ignores negative descriptors.
    silence: (name) => p.set(poll(indexOf(name)), number(-1)),
    listen: (name, fd) => listen(indexOf(name), fd),
  };
  for (const [index, source] of sources.entries()) {
    const handler = handlers[index];
    if (handler !== undefined) p.place(handler);
    source.handle(control);
    p.jump(back);
  }
  return control;
}
