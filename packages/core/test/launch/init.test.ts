import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import type { Place } from '../../src/launch/program.ts';
import { named } from './observations.ts';
import { startContainer } from './processes.ts';
import type { Memory, Simulation } from './simulator.ts';
import { makeSpec, rootless, terminal } from './specs.ts';

const [SIGINT, SIGTERM, SIGCHLD, SIGRTMAX] = [2, 15, 17, 64];
const [EINTR, ECHILD] = [4, 10];
const command = 2;

/** What init hears: a signal, with those that have ended by then where it is SIGCHLD. */
type Heard = number | { readonly ended: readonly (readonly [pid: number, status: number])[] };

/** Init, from its fork to its end. */
function initThrough(heard: readonly Heard[], spec = makeSpec({ init: true })): Simulation {
  const pending = [...heard];
  let ended: (readonly [number, number])[] = [];
  return startContainer(compileLaunch(spec), ({ name, args }, memory) => {
    if (name === 'clone') return command;
    if (name === 'rt_sigtimedwait') {
      const next = pending.shift();
      if (next === undefined) throw new Error('it waits for ever');
      if (typeof next === 'number') return next;
      ended = [...ended, ...next.ended];
      return SIGCHLD;
    }
    return name === 'wait4' ? reap(memory, args[1]) : undefined;
  });

  function reap(memory: Memory, place: number | Place | undefined): number {
    const next = ended.shift();
    if (next === undefined) return 0; // WNOHANG
    if (typeof place === 'object') memory.of(place.datum).writeUInt32LE(next[1], place.offset);
    return next[0];
  }
}

const endOf = (status: number) => initThrough([{ ended: [[command, status]] }]).exitCode;

describe('init', () => {
  it('ends as the command did: with its code, or 128 and its signal', () => {
    expect([0, 0x100, 0xff00].map(endOf)).toEqual([0, 1, 255]);
    expect([SIGTERM, SIGINT, 11 | 0x80].map(endOf)).toEqual([143, 130, 139]); // the last with a core dump
  });

  it('reaps all that have ended, and ends with the command alone', () => {
    const simulation = initThrough([
      { ended: [[7, 0x500]] },
      { ended: [] }, // two signals may be one, and one may come for nobody
      {
        ended: [
          [8, 9],
          [9, 0],
        ],
      },
      {
        ended: [
          [10, 0],
          [command, 0x300],
          [11, 0],
        ],
      },
    ]);
    expect(simulation.exitCode).toBe(3);
    // Once more each time, to hear that there are no more; those after the command end with it.
    expect(named(simulation, 'wait4')).toHaveLength(2 + 1 + 3 + 2);
    for (const { args } of named(simulation, 'wait4')) expect(args[0]).toBe(-1);
  });

  it('passes each other signal on to the command', () => {
    const simulation = initThrough([SIGTERM, SIGINT, SIGRTMAX, SIGTERM, { ended: [[command, 0]] }]);
    expect(named(simulation, 'kill').map(({ args }) => args)).toEqual([
      [command, SIGTERM],
      [command, SIGINT],
      [command, SIGRTMAX],
      [command, SIGTERM],
    ]);
  });

  it('goes on where its wait is interrupted', () => {
    const simulation = initThrough([-EINTR, { ended: [[-ECHILD, 0]] }, -EINTR, { ended: [[command, 0]] }]);
    expect(simulation.exitCode).toBe(0);
    expect(named(simulation, 'kill')).toEqual([]);
  });

  it('blocks all signals before it forks, so that none is lost', () => {
    const { calls } = initThrough([{ ended: [[command, 0]] }]);
    const fork = calls.findLastIndex(({ name }) => name === 'clone');
    const [how, place] = calls.slice(0, fork).findLast(({ name }) => name === 'rt_sigprocmask')?.args ?? [];
    expect(how).toBe(2); // SIG_SETMASK
    if (typeof place !== 'object') throw new Error('no mask');
    expect(place.datum.content).toEqual({ bytes: new Uint8Array(8).fill(0xff) });
  });

  it('has no descriptor but the standard streams, so that the supervisor sees the command start', () => {
    const { calls } = initThrough([{ ended: [[command, 0]] }]);
    const fork = calls.findLastIndex(({ name }) => name === 'clone');
    expect(calls[fork + 1]).toMatchObject({ name: 'close_range', args: [3, 0xffffffff, 0] });
  });

  it('hides its memory where that keeps nobody out who has to get in', () => {
    const dumpable = (spec = makeSpec({ init: true })) =>
      named(initThrough([{ ended: [[command, 0]] }], spec), 'prctl').filter(({ args }) => args[0] === 4);
    expect(dumpable()).toHaveLength(1);
    expect(dumpable(makeSpec({ init: true, namespaces: { user: rootless } }))).toEqual([]);
  });

  it('has given up its privileges before it is init', () => {
    const { calls } = initThrough([{ ended: [[command, 0]] }]);
    const names = calls.map(({ name }) => name);
    expect(names.lastIndexOf('capset')).toBeLessThan(names.lastIndexOf('clone'));
    expect(names.slice(names.lastIndexOf('clone'))).not.toContain('capset');
  });
});

describe('the command of an init', () => {
  it('starts with no signal blocked, in a session of its own, whose terminal it gets', () => {
    const { calls } = startContainer(compileLaunch(makeSpec({ init: true, terminal })));
    const fork = calls.findLastIndex(({ name }) => name === 'clone');
    const later = calls.slice(fork + 1).map(({ name }) => name);
    expect(later).toEqual(['rt_sigprocmask', 'setsid', 'ioctl', 'write', 'execve']);
  });
});
