import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../src/launch/builder.ts';
import { buffer, cell, load, number } from '../../src/launch/data.ts';
import { createContext } from '../../src/launch/phases/context.ts';
import { type EventSource, eventLoop, type LoopControl } from '../../src/launch/phases/event-loop.ts';
import { type Simulation, simulate } from './simulator.ts';
import { makeSpec } from './specs.ts';

/** One answer of ppoll: the sources that have something to say, or an errno. */
type Poll = readonly string[] | number;
interface Seen {
  readonly fd: number;
  readonly events: number;
}

const [POLLIN, POLLPRI, EINTR, EBADF] = [1, 2, 4, 9];

/** Runs a loop over sources `a` (descriptor 10), `b` (11), ..., each of which says its letter; `end` leaves it. */
function loop(
  polls: readonly Poll[],
  { handle = {}, fds = [10, 11, 12], on = 'POLLIN' as EventSource['on'] }: Options = {},
): Simulation & { readonly said: string; readonly polled: readonly Seen[][] } {
  const p = new ProgramBuilder();
  const c = createContext(p, makeSpec());
  const [end, failed] = [p.label(), p.label()];
  p.set(p.control.onFail, { kind: 'step', label: failed });
  const sources = fds.map((fd, index): EventSource => {
    const name = 'abc'[index] ?? '';
    return {
      name,
      fd: number(fd),
      on,
      handle(control) {
        p.call('umask', [index], { what: `say ${name}` });
        handle[name]?.(control, p);
      },
    };
  });
  eventLoop(c, [...sources, { name: 'end', fd: number(99), on: 'POLLIN', handle: () => p.jump(end) }]);
  p.place(end);
  p.call('exit_group', [0], { what: 'end' });
  p.place(failed);
  p.call('exit_group', [1], { what: 'fail' });
  const names = [...fds.map((_, index) => 'abc'[index] ?? ''), 'end'];
  const pending = [...polls, ['end']];
  const polled: Seen[][] = [];
  const simulation = simulate(p.finish(buffer(8, 'record')), ({ name, args: [place] }, memory) => {
    if (name !== 'ppoll' || typeof place !== 'object') return undefined;
    const content = memory.of(place.datum);
    polled.push(
      names.map((_, at) => ({ fd: content.readInt32LE(at * 8), events: content.readUInt16LE(at * 8 + 4) })),
    );
    const next = pending.shift() ?? 0;
    for (const [at, each] of names.entries()) {
      content.writeUInt16LE(typeof next === 'object' && next.includes(each) ? 1 : 0, at * 8 + 6);
    }
    return typeof next === 'number' ? -next : next.length;
  });
  const said = simulation.calls
    .flatMap(({ name, args }) => (name === 'umask' ? 'abc'[Number(args[0])] : []))
    .join('');
  return { ...simulation, said, polled };
}

interface Options {
  handle?: Readonly<Record<string, (control: LoopControl, p: ProgramBuilder) => void>>;
  fds?: readonly number[];
  on?: EventSource['on'];
}

describe('the loop', () => {
  it('hears whichever has something to say, again and again', () => {
    expect(loop([['b'], ['a'], ['c'], ['b']]).said).toBe('bacb');
  });

  it('hears the first of several first', () => {
    expect(
      loop([
        ['c', 'b'],
        ['c', 'a'],
        ['c', 'end'],
      ]).said,
    ).toBe('bac');
  });

  it('sleeps again where a signal or nothing woke it', () => {
    const { said, exitCode, polled } = loop([EINTR, [], ['a'], EINTR]);
    expect({ said, exitCode }).toEqual({ said: 'a', exitCode: 0 });
    expect(polled).toHaveLength(5);
  });

  it('fails where it can’t sleep', () => {
    expect(loop([EBADF])).toMatchObject({ exitCode: 1, reports: [{ errno: EBADF }] });
  });

  it('asks for what each source tells by', () => {
    const events = (of: Options) => loop([], of).polled[0]?.map((each) => each.events);
    expect(events({})).toEqual([POLLIN, POLLIN, POLLIN, POLLIN]);
    expect(events({ on: 'POLLPRI' })).toEqual([POLLPRI, POLLPRI, POLLPRI, POLLIN]);
  });

  it('asks for nothing of a descriptor that is not there', () => {
    expect(loop([], { fds: [10, -1] }).polled[0]).toEqual([
      { fd: 10, events: POLLIN },
      expect.objectContaining({ fd: -1 }),
      { fd: 99, events: POLLIN },
    ]);
  });

  it('listens no more to a source that was silenced, and to the others as before', () => {
    const { polled } = loop([['b'], ['a']], { handle: { b: ({ silence }) => silence('b') } });
    expect(polled.map((each) => each.map(({ fd }) => fd))).toEqual([
      [10, 11, 12, 99],
      [10, -1, 12, 99],
      [10, -1, 12, 99],
    ]);
  });

  it('listens again to one, on another descriptor', () => {
    const { polled } = loop([['a'], ['c']], {
      handle: {
        a: ({ silence }) => silence('b'),
        c: ({ listen }, p) => {
          const fd = cell('fd');
          p.set(fd, number(42));
          listen('b', load(fd));
        },
      },
    });
    expect(polled.map((each) => each[1])).toMatchObject([{ fd: 11 }, { fd: -1 }, { fd: 42, events: POLLIN }]);
  });
});
